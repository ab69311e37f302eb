/** Activations and their gradients; PReLU with a slope per channel in whole passes. */
import { numberOf } from '../../../attributes.js'
import { sizeOf, type Value } from '../../../graph/graph.js'
import type { activationKernels } from '../../../kernels/activation.js'
import { channelled, channelPass, channelSum } from '../channelwise.js'
import { float } from '../model-file.js'
import { layoutOrder, type PhysicalValue } from '../physical-graph.js'
import type { OnnxRule, OnnxRules, Write } from '../rule.js'
import type { Writer } from '../writer.js'
import { blockedTogether, direct, elementwise } from './elementwise.js'

/** One slope per channel, as against any other shape that broadcasts. */
const perChannel = (alpha: Value, x: Value) =>
  alpha.shape.at(-1) === x.shape.at(-1) && sizeOf(alpha.shape) === x.shape.at(-1)

const vectorOf = (b: Writer, alpha: PhysicalValue) => b.reshape(b.get(alpha), [sizeOf(alpha.shape)])

/** relu(-x), from which y = x + (1 - alpha) relu(-x) and the gradients follow without a mask being kept. */
const negativePart = (b: Writer, x: PhysicalValue) => {
  const form = channelled(x)
  const minus = b.uniform(-1, form.channels)
  return channelPass(b, b.get(x), form, { scale: minus, activation: 'relu' })
}

const oneMinus = (b: Writer, vector: string) => b.op('Sub', [b.scalar('float32', 1), vector])

/** y = x where positive, alpha x elsewhere. ONNX's own PRelu is slow in onnxruntime: the standard target alone uses it. */
const prelu: Write = (node, b) => {
  const [x, alpha] = node.inputs as [PhysicalValue, PhysicalValue]
  if (!b.operators.contrib || !perChannel(alpha, x)) {
    return b.set(node.outputs[0]!, b.op('PRelu', [b.get(x), b.getBroadcast(alpha, x)]))
  }
  const form = channelled(x)
  const pass = { scale: oneMinus(b, vectorOf(b, alpha)), sum: b.get(x) }
  b.set(node.outputs[0]!, channelPass(b, negativePart(b, x), form, pass))
}

/** dx = dy where x is positive, alpha dy elsewhere; dalpha sums dy x over what is not positive. */
const preluGrad: Write = (node, b) => {
  const [dy, x, alpha] = node.inputs as [PhysicalValue, PhysicalValue, PhysicalValue]
  if (!perChannel(alpha, x)) return preluGradOfAnyShape(node, b)
  const form = channelled(x)
  const [g, below] = [b.get(dy), negativePart(b, x)]
  const isBelow = channelPass(b, below, form, { activation: 'step' })
  const ones = b.uniform(1, form.channels)
  const gate = channelPass(b, isBelow, form, { scale: b.op('Neg', [oneMinus(b, vectorOf(b, alpha))]), offset: ones })
  b.set(node.outputs[0]!, b.op('Mul', [g, gate]))
  b.set(node.outputs[1]!, b.reshape(b.op('Neg', [channelSum(b, g, form, below)]), alpha.shape))
}

const preluGradOfAnyShape: Write = (node, b) => {
  const [dy, x, alpha] = node.inputs as [PhysicalValue, PhysicalValue, PhysicalValue]
  const [g, input, slope] = [b.get(dy), b.get(x), b.getBroadcast(alpha, x)]
  const zero = b.scalar('float32', 0)
  b.set(node.outputs[0]!, b.op('Where', [b.op('Greater', [input, zero]), g, b.op('Mul', [g, slope])]))
  const order = layoutOrder(x.layout, x.shape.length)
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

/** Of the images among the inputs, `images` lie in blocks where one slope belongs to each channel. */
const inBlocks =
  (...images: number[]): NonNullable<OnnxRule['blocks']> =>
  ({ inputs, outputs: [output] }, { can, operators }) =>
    operators.contrib && can(output!) && perChannel(inputs.at(-1)!, output!)
      ? { inputs: images, output: true }
      : undefined

/** 1 where positive, alpha elsewhere; in blocks one pass instead of a comparison and a cast. */
const step: Write = (node, b) => {
  const [x, output] = [node.inputs[0]!, node.outputs[0]!]
  const alpha = numberOf(node, 'alpha', 0)
  if (alpha === 0 && output.layout === 'blocked')
    return b.set(output, channelPass(b, b.get(x), channelled(x), { activation: 'step' }))
  const positive = b.op('Greater', [b.get(x), b.scalar('float32', 0)])
  const [one, other] = [b.scalar('float32', 1), b.scalar('float32', alpha)]
  b.set(output, alpha === 0 ? b.cast(positive, 'float32') : b.op('Where', [positive, one, other]))
}

const softmax: Write = (node, b) => {
  b.set(node.outputs[0]!, b.op('Softmax', [b.get(node.inputs[0]!)], { axis: numberOf(node, 'dim', -1) }))
}

export const activationRules: OnnxRules<typeof activationKernels> = {
  Elu: direct('Elu', { alpha: float(1) }),
  // y is elu(x), so its slope below zero is e^x = y + 1
  EluGrad: elementwise((b, [dy, y]) => {
    const below = b.op('Mul', [dy!, b.op('Add', [y!, b.scalar('float32', 1)])])
    return b.op('Where', [b.op('GreaterOrEqual', [y!, b.scalar('float32', 0)]), dy!, below])
  }),
  LeakyRelu: elementwise((b, [x], node) => b.op('LeakyRelu', [x!], { alpha: float(numberOf(node, 'alpha', 0.2)) })),
  Prelu: { layout: 'follows', blocks: inBlocks(0), write: prelu },
  PreluGrad: { layout: 'follows', blocks: inBlocks(0, 1), write: preluGrad },
  Relu: direct('Relu'),
  Relu6: elementwise((b, [x]) => b.op('Clip', [x!, b.scalar('float32', 0), b.scalar('float32', 6)])),
  Relu6Grad: elementwise((b, [dy, x]) => {
    const above = b.op('Greater', [x!, b.scalar('float32', 0)])
    const within = b.op('And', [above, b.op('LessOrEqual', [x!, b.scalar('float32', 6)])])
    return b.op('Where', [within, dy!, b.scalar('float32', 0)])
  }),
  Selu: direct('Selu'),
  Sigmoid: direct('Sigmoid'),
  Softmax: { layout: 'plain', write: softmax },
  Softplus: direct('Softplus'),
  Step: { layout: 'follows', blocks: blockedTogether, write: step },
}
