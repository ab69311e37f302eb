/** Batch norm over all axes but the channels, PReLU with a slope per channel, and their gradients. */

import { numberOf } from '../../attributes.js'
import { sizeOf } from '../../graph/graph.js'
import { type Builder, layoutOrder, type Rule, type Rules } from './builder.js'
import { channelled, channelPass, channelSum } from './channelwise.js'
import { float } from './model.js'
import type { Layout, PhysicalValue } from './physical-graph.js'

const layoutFor = (value: PhysicalValue): Layout => (value.shape.length === 4 ? 'nchw' : 'plain')

const negative = (b: Builder, vector: string) => b.op('Neg', [vector])

const inverseDeviation = (b: Builder, variance: string, epsilon: number) =>
  b.op('Reciprocal', [b.op('Sqrt', [b.op('Add', [variance, b.scalar('float32', epsilon)])])])

/**
 * y = (x - mean) / sqrt(variance + epsilon) scale + offset, with the batch's mean and its biased variance. The variance is
 * taken of the centred values: E[x^2] - mean^2 would lose all digits where the mean is large. The centred values are what
 * the gradient needs, in place of x.
 */
const batchNorm: Rule = (node, b) => {
  const [x, scale, offset] = node.inputs as [PhysicalValue, PhysicalValue, PhysicalValue]
  const [y, mean, variance] = node.outputs as [PhysicalValue, PhysicalValue, PhysicalValue]
  const form = channelled(b, x)
  const { layout } = form
  const share = b.scalar('float32', 1 / form.count)
  const means = b.op('Mul', [channelSum(b, b.get(x, layout), form), share])
  const centred = channelPass(b, b.get(x, layout), form, { offset: negative(b, means) })
  const variances = b.op('Mul', [channelSum(b, centred, form, centred), share])
  const factor = b.op('Mul', [b.get(scale), inverseDeviation(b, variances, numberOf(node, 'epsilon'))])
  b.set(y, channelPass(b, centred, form, { scale: factor, offset: b.get(offset) }), layout)
  b.set(mean, means)
  b.set(variance, variances)
}

/** dx = factor (dy - mean(dy) - xhat mean(dy xhat)), where xhat = centred / deviation, factor = scale / deviation. */
const batchNormGrad: Rule = (node, b) => {
  const [dy, x, scale, mean, variance] = node.inputs as [
    PhysicalValue,
    PhysicalValue,
    PhysicalValue,
    PhysicalValue,
    PhysicalValue,
  ]
  const [dx, dscale, doffset] = node.outputs as [PhysicalValue, PhysicalValue, PhysicalValue]
  const form = channelled(b, x)
  const { layout } = form
  const g = b.get(dy, layout)
  const centred = channelPass(b, b.get(x, layout), form, { offset: negative(b, b.get(mean)) })
  const inverse = inverseDeviation(b, b.get(variance), numberOf(node, 'epsilon'))
  const offsets = channelSum(b, g, form)
  const scales = b.op('Mul', [channelSum(b, g, form, centred), inverse])
  const factor = b.op('Mul', [b.get(scale), inverse])
  const share = b.scalar('float32', -1 / form.count)
  const slope = b.op('Mul', [b.op('Mul', [inverse, share]), scales])
  // dx / factor is one pass; the convolution before this takes the factor into its filter
  const unscaled = channelPass(b, centred, form, { scale: slope, offset: b.op('Mul', [offsets, share]), sum: g })
  const multiply = () => channelPass(b, unscaled, form, { scale: factor })
  if (layout === 'blocked') b.setScaled(dx, unscaled, factor, multiply)
  else b.set(dx, multiply(), layout)
  b.set(dscale, scales)
  b.set(doffset, offsets)
}

/** Batch norm with given statistics: x, scale, offset, mean, variance. */
const fusedBatchNorm: Rule = (node, b) => {
  if (node.inputs.length !== 5)
    throw new Error(`FusedBatchNorm: has a lowering with scale and offset only, found ${node.inputs.length} inputs`)
  const [x, ...vectors] = node.inputs as [PhysicalValue, ...PhysicalValue[]]
  if (x.shape.length !== 4 && x.shape.length !== 2)
    throw new Error(`FusedBatchNorm: has a lowering for ranks 2 and 4, found ${x.shape.length}`)
  const inputs = [b.get(x, layoutFor(x)), ...vectors.map(value => b.get(value))]
  const epsilon = float(numberOf(node, 'varianceEpsilon', 0.001))
  b.set(node.outputs[0]!, b.op('BatchNormalization', inputs, { epsilon }), layoutFor(x))
}

/** One slope per channel, as against any other shape that broadcasts. */
const perChannel = (alpha: PhysicalValue, x: PhysicalValue) =>
  alpha.shape.at(-1) === x.shape.at(-1) && sizeOf(alpha.shape) === x.shape.at(-1)

const vectorOf = (b: Builder, alpha: PhysicalValue) => b.reshape(b.get(alpha), [sizeOf(alpha.shape)])

/** relu(-x), from which y = x + (1 - alpha) relu(-x) and the gradients follow without a mask being kept. */
const negativePart = (b: Builder, x: PhysicalValue) => {
  const form = channelled(b, x)
  const minus = b.op('Expand', [b.floats([-1]), b.int64([form.channels])])
  return channelPass(b, b.get(x, form.layout), form, { scale: minus, activation: 'relu' })
}

const oneMinus = (b: Builder, vector: string) => b.op('Sub', [b.scalar('float32', 1), vector])

/** y = x where positive, alpha x elsewhere. ONNX's own PRelu is slow in onnxruntime: the standard target alone uses it. */
const prelu: Rule = (node, b) => {
  const [x, alpha] = node.inputs as [PhysicalValue, PhysicalValue]
  if (!b.target.contrib || !perChannel(alpha, x)) {
    const layout = layoutFor(x)
    const slope = b.getBroadcast(alpha, layout, x.shape.length)
    return b.set(node.outputs[0]!, b.op('PRelu', [b.get(x, layout), slope]), layout)
  }
  const form = channelled(b, x)
  const pass = { scale: oneMinus(b, vectorOf(b, alpha)), sum: b.get(x, form.layout) }
  b.set(node.outputs[0]!, channelPass(b, negativePart(b, x), form, pass), form.layout)
}

/** dx = dy where x is positive, alpha dy elsewhere; dalpha sums dy x over what is not positive. */
const preluGrad: Rule = (node, b) => {
  const [dy, x, alpha] = node.inputs as [PhysicalValue, PhysicalValue, PhysicalValue]
  if (!perChannel(alpha, x)) return preluGradOfAnyShape(node, b)
  const form = channelled(b, x)
  const { layout } = form
  const [g, below] = [b.get(dy, layout), negativePart(b, x)]
  const isBelow = channelPass(b, below, form, { activation: 'step' })
  const ones = b.op('Expand', [b.floats([1]), b.int64([form.channels])])
  const gate = channelPass(b, isBelow, form, { scale: negative(b, oneMinus(b, vectorOf(b, alpha))), offset: ones })
  b.set(node.outputs[0]!, b.op('Mul', [g, gate]), layout)
  b.set(node.outputs[1]!, b.reshape(negative(b, channelSum(b, g, form, below)), alpha.shape))
}

const preluGradOfAnyShape: Rule = (node, b) => {
  const [dy, x, alpha] = node.inputs as [PhysicalValue, PhysicalValue, PhysicalValue]
  const layout = layoutFor(x)
  const [g, input, slope] = [b.get(dy, layout), b.get(x, layout), b.getBroadcast(alpha, layout, x.shape.length)]
  const zero = b.scalar('float32', 0)
  b.set(node.outputs[0]!, b.op('Where', [b.op('Greater', [input, zero]), g, b.op('Mul', [g, slope])]), layout)
  const order = layoutOrder(layout, x.shape.length)
  const padded = [...Array<number>(x.shape.length - alpha.shape.length).fill(1), ...alpha.shape]
  const axes = [...order.keys()].filter(place => padded[order[place]!] === 1)
  const product = b.op('Mul', [g, b.op('Min', [input, zero])])
  const sums = axes.length === 0 ? product : b.op('ReduceSum', [product, b.int64(axes)], { keepdims: 1 })
  const lying = order.map(axis => padded[axis]!)
  const plain = b.transpose(
    sums,
    lying,
    [...order.keys()].map(axis => order.indexOf(axis)),
  )
  b.set(node.outputs[1]!, b.reshape(plain, alpha.shape))
}

export const normalisationRules: Rules = {
  BatchNorm: batchNorm,
  BatchNormGrad: batchNormGrad,
  FusedBatchNorm: fusedBatchNorm,
  Prelu: prelu,
  PreluGrad: preluGrad,
}
