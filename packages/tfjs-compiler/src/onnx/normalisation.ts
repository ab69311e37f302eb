/** Batch norm over all axes but the channels, PReLU with a slope per channel, and their gradients. */
import { type Layout, sizeOf, type Value } from '../graph.js'
import { numberOf } from './attributes.js'
import { type Builder, layoutOrder, type Rule, type Rules } from './builder.js'
import { float } from './model.js'

/** How a tensor with channels lies: images in NCHW, anything else with the channels last. */
interface Channelled {
  readonly layout: Layout
  /** The axes that statistics are taken over, in that layout. */
  readonly axes: readonly number[]
  /** A vector over the channels, in the shape that broadcasts against the tensor. */
  readonly vector: (name: string) => string
}

function channelled(b: Builder, x: Value): Channelled {
  const rank = x.shape.length
  const layout = rank === 4 ? 'nchw' : 'plain'
  const order = layoutOrder(layout, rank)
  const channels = order.indexOf(rank - 1)
  const shape = order.map((_, place) => (place === channels ? x.shape[rank - 1]! : 1))
  const axes = [...order.keys()].filter(place => place !== channels)
  return { layout, axes, vector: name => (channels === rank - 1 ? name : b.reshape(name, shape)) }
}

const channelSum = (b: Builder, x: string, axes: readonly number[], op = 'ReduceSum') =>
  b.op(op, [x, b.int64(axes)], { keepdims: 0 })

const inverseDeviation = (b: Builder, variance: string, epsilon: number) =>
  b.op('Reciprocal', [b.op('Sqrt', [b.op('Add', [variance, b.scalar('float32', epsilon)])])])

/**
 * y = (x - mean) / sqrt(variance + epsilon) scale + offset, with the batch's mean and its biased variance. The variance is
 * taken of the centred values: E[x^2] - mean^2 would lose all digits where the mean is large.
 */
const batchNorm: Rule = (node, b) => {
  const [x, scale, offset] = node.inputs as [Value, Value, Value]
  const [y, mean, variance] = node.outputs as [Value, Value, Value]
  const { layout, axes, vector } = channelled(b, x)
  const means = channelSum(b, b.get(x, layout), axes, 'ReduceMean')
  const centred = b.op('Sub', [b.get(x, layout), vector(means)])
  const variances = channelSum(b, b.op('Mul', [centred, centred]), axes, 'ReduceMean')
  const factor = b.op('Mul', [b.get(scale), inverseDeviation(b, variances, numberOf(node, 'epsilon'))])
  b.set(y, b.op('Add', [b.op('Mul', [centred, vector(factor)]), vector(b.get(offset))]), layout)
  b.set(mean, means)
  b.set(variance, variances)
}

/** dx = factor (dy - mean(dy) - xhat mean(dy xhat)), xhat = centred / deviation, factor = scale / deviation. */
const batchNormGrad: Rule = (node, b) => {
  const [dy, x, scale, mean, variance] = node.inputs as [Value, Value, Value, Value, Value]
  const [dx, dscale, doffset] = node.outputs as [Value, Value, Value]
  const { layout, axes, vector } = channelled(b, x)
  const g = b.get(dy, layout)
  const centred = b.op('Sub', [b.get(x, layout), vector(b.get(mean))])
  const inverse = inverseDeviation(b, b.get(variance), numberOf(node, 'epsilon'))
  const offsets = channelSum(b, g, axes)
  const scales = b.op('Mul', [channelSum(b, b.op('Mul', [g, centred]), axes), inverse])
  const factor = b.op('Mul', [b.get(scale), inverse])
  const share = b.op('Mul', [factor, b.scalar('float32', -1 / (sizeOf(x.shape) / x.shape.at(-1)!))])
  const slope = b.op('Mul', [b.op('Mul', [share, inverse]), scales])
  const fromX = b.op('Add', [b.op('Mul', [centred, vector(slope)]), vector(b.op('Mul', [share, offsets]))])
  b.set(dx, b.op('Add', [b.op('Mul', [g, vector(factor)]), fromX]), layout)
  b.set(dscale, scales)
  b.set(doffset, offsets)
}

/** Batch norm with given statistics. Inputs x, mean, variance, and if given offset and scale (tfjs's order: x, scale, offset, mean, variance). */
const fusedBatchNorm: Rule = (node, b) => {
  const named = node.inputs as readonly Value[]
  if (named.length !== 5)
    throw new Error(`FusedBatchNorm: has a lowering with scale and offset only, found ${named.length} inputs`)
  const [x, scale, offset, mean, variance] = named as [Value, Value, Value, Value, Value]
  const { layout } = channelled(b, x)
  const inputs = [b.get(x, layout), ...[scale, offset, mean, variance].map(value => b.get(value))]
  const epsilon = float(numberOf(node, 'varianceEpsilon', 0.001))
  if (layout === 'nchw' || x.shape.length === 2)
    return b.set(node.outputs[0]!, b.op('BatchNormalization', inputs, { epsilon }), layout)
  throw new Error(`FusedBatchNorm: has a lowering for ranks 2 and 4, found ${x.shape.length}`)
}

/** The slope against a tensor: one per channel is the common case, any shape that broadcasts is right. */
function slopeOf(b: Builder, alpha: Value, x: Value, layout: Layout): string {
  return b.getBroadcast(alpha, layout, x.shape.length)
}

/** y = x where positive, alpha x elsewhere. ONNX's own PRelu runs on one thread: the standard target alone uses it. */
const prelu: Rule = (node, b) => {
  const [x, alpha] = node.inputs as [Value, Value]
  const { layout } = channelled(b, x)
  const [input, slope] = [b.get(x, layout), slopeOf(b, alpha, x, layout)]
  if (!b.target.contrib) return b.set(node.outputs[0]!, b.op('PRelu', [input, slope]), layout)
  const zero = b.scalar('float32', 0)
  const negative = b.op('Mul', [b.op('Min', [input, zero]), slope])
  b.set(node.outputs[0]!, b.op('Add', [b.op('Relu', [input]), negative]), layout)
}

/** dx = dy where x is positive, alpha dy elsewhere; dalpha sums dy x over what is not positive. */
const preluGrad: Rule = (node, b) => {
  const [dy, x, alpha] = node.inputs as [Value, Value, Value]
  const [dx, dalpha] = node.outputs as [Value, Value]
  const { layout } = channelled(b, x)
  const [g, input, slope] = [b.get(dy, layout), b.get(x, layout), slopeOf(b, alpha, x, layout)]
  const zero = b.scalar('float32', 0)
  const positive = b.op('Greater', [input, zero])
  b.set(dx, b.op('Where', [positive, g, b.op('Mul', [g, slope])]), layout)
  const order = layoutOrder(layout, x.shape.length)
  const padded = [...Array<number>(x.shape.length - alpha.shape.length).fill(1), ...alpha.shape]
  const axes = [...order.keys()].filter(place => padded[order[place]!] === 1)
  const sums = channelSum(b, b.op('Mul', [g, b.op('Min', [input, zero])]), axes)
  const left = order.filter(axis => padded[axis] !== 1)
  const sorted = [...left].sort((first, second) => first - second)
  const plain = b.transpose(
    sums,
    left.map(axis => padded[axis]!),
    sorted.map(axis => left.indexOf(axis)),
  )
  b.set(dalpha, b.reshape(plain, alpha.shape))
}

export const normalisationRules: Rules = {
  BatchNorm: batchNorm,
  BatchNormGrad: batchNormGrad,
  FusedBatchNorm: fusedBatchNorm,
  Prelu: prelu,
  PreluGrad: preluGrad,
}
