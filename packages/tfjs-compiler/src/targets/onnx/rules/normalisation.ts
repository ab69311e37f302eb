/** Batch norm over all axes but the channels, and its gradients. */
import { numberOf } from '../../../attributes.js'
import type { normalisationKernels } from '../../../kernels/normalisation.js'
import { channelled, channelPass, channelSum } from '../channelwise.js'
import { float } from '../model-file.js'
import type { PhysicalValue } from '../physical-graph.js'
import { cannot, type OnnxRule, type OnnxRules, type Write } from '../rule.js'
import type { Writer } from '../writer.js'

const negative = (b: Writer, vector: string) => b.op('Neg', [vector])

const inverseDeviation = (b: Writer, variance: string, epsilon: number) =>
  b.op('Reciprocal', [b.op('Sqrt', [b.op('Add', [variance, b.scalar('float32', epsilon)])])])

/**
 * y = (x - mean) / sqrt(variance + epsilon) scale + offset, with the batch's mean and its biased variance. The variance is
 * taken of the centred values: E[x^2] - mean^2 would lose all digits where the mean is large. The centred values are what
 * the gradient needs, in place of x.
 */
const batchNorm: Write = (node, b) => {
  const [x, scale, offset] = node.inputs as [PhysicalValue, PhysicalValue, PhysicalValue]
  const [y, mean, variance] = node.outputs as [PhysicalValue, PhysicalValue, PhysicalValue]
  const form = channelled(x)
  const share = b.scalar('float32', 1 / form.count)
  const means = b.op('Mul', [channelSum(b, b.get(x), form), share])
  const centred = channelPass(b, b.get(x), form, { offset: negative(b, means) })
  const variances = b.op('Mul', [channelSum(b, centred, form, centred), share])
  const factor = b.op('Mul', [b.get(scale), inverseDeviation(b, variances, numberOf(node, 'epsilon'))])
  b.set(y, channelPass(b, centred, form, { scale: factor, offset: b.get(offset) }))
  b.set(mean, means)
  b.set(variance, variances)
}

/**
 * dx = factor (dy - mean(dy) - xhat mean(dy xhat)), where xhat = centred / deviation, factor = scale / deviation. dx / factor is
 * one pass; that and the factor are the outputs where the node has four.
 */
export const writeBatchNormGrad: Write = (node, b) => {
  const [dy, x, scale, mean, variance] = node.inputs as PhysicalValue[] as FiveValues
  const [dx, dscale, doffset, separate] = node.outputs as [PhysicalValue, PhysicalValue, PhysicalValue, PhysicalValue?]
  const form = channelled(x)
  const g = b.get(dy)
  const centred = channelPass(b, b.get(x), form, { offset: negative(b, b.get(mean)) })
  const inverse = inverseDeviation(b, b.get(variance), numberOf(node, 'epsilon'))
  const offsets = channelSum(b, g, form)
  const scales = b.op('Mul', [channelSum(b, g, form, centred), inverse])
  const factor = b.op('Mul', [b.get(scale), inverse])
  const share = b.scalar('float32', -1 / form.count)
  const slope = b.op('Mul', [b.op('Mul', [inverse, share]), scales])
  const unscaled = channelPass(b, centred, form, { scale: slope, offset: b.op('Mul', [offsets, share]), sum: g })
  b.set(dx, separate ? unscaled : channelPass(b, unscaled, form, { scale: factor }))
  b.set(dscale, scales)
  b.set(doffset, offsets)
  if (separate) b.set(separate, factor)
}

type FiveValues = [PhysicalValue, PhysicalValue, PhysicalValue, PhysicalValue, PhysicalValue]

/** Batch norm with given statistics: x, scale, offset, mean, variance; images in NCHW. */
const fusedBatchNorm: Write = (node, b) => {
  const rank = node.inputs[0]!.shape.length
  if (rank !== 4 && rank !== 2) throw cannot(node, `ranks 2 and 4 only, found ${rank}`)
  const epsilon = float(numberOf(node, 'varianceEpsilon', 0.001))
  b.set(
    node.outputs[0]!,
    b.op(
      'BatchNormalization',
      node.inputs.map(value => b.get(value)),
      { epsilon },
    ),
  )
}

/** In blocks wherever the channels fill them: of the images among the inputs, these. */
const inBlocks =
  (...images: number[]): NonNullable<OnnxRule['blocks']> =>
  ({ outputs: [output] }, { can }) =>
    can(output!) ? { inputs: images, output: true } : undefined

export const normalisationRules: OnnxRules<typeof normalisationKernels> = {
  BatchNorm: { layout: 'follows', blocks: inBlocks(0), write: batchNorm },
  BatchNormGrad: { layout: 'follows', blocks: inBlocks(0, 1), write: writeBatchNormGrad },
  FusedBatchNorm: {
    layout: { inputs: ['image', 'image', 'image', 'image', 'image'], output: 'image' },
    write: fusedBatchNorm,
  },
}
