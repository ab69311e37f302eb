/** Batch norm over all axes but the channels, with the batch's statistics (training) or given ones, and its gradient. */
import { numberOf } from '../../../attributes.js'
import type { Value } from '../../../graph/graph.js'
import type { normalisationKernels } from '../../../kernels/normalisation.js'
import type { FamilyRules } from '../../../rule-table.js'
import type { Builder, Form } from '../builder.js'
import type { Rule, Rules } from './rule.js'

/** An image lies as it should; a matrix is an image of one pixel, in f32: it is what a head works on. */
function activations(b: Builder, value: Value): Form {
  if (value.shape.length === 4) return b.get(value, 'image', b.imageDescriptor(value.shape, b.lowering.precision))
  return asPixels(b, value, b.flat(value))
}

function normalised(b: Builder, value: Value): Form {
  if (value.shape.length === 4) return b.imageOutput(value, b.imageDescriptor(value.shape, b.lowering.precision))
  return asPixels(b, value, b.flatOutput(value))
}

function asPixels(b: Builder, { shape }: Value, form: Form): Form {
  const [rows, channels] = shape as [number, number]
  return { ...form, role: 'image', descriptor: b.descriptor([rows, channels, 1, 1], 'f32', 'acdb') }
}

/** As a primitive of a kernel with `relu` (fused by a pass) needs it: the mask from forward to backward. */
const RELU = { relu: true }

const forward =
  (fused: { relu?: boolean }): Rule =>
  (node, b) => {
    const [x, scale, offset] = node.inputs as [Value, Value, Value]
    const [y, mean, variance] = node.outputs as [Value, Value, Value]
    const src = activations(b, x)
    const epsilon = numberOf(node, 'epsilon')
    const primitive = b.choose([{ kind: 'batchNormalization', src: src.descriptor, epsilon, ...fused }])
    const workspace = primitive.workspace && b.temporary(primitive.workspace)
    const args = {
      src,
      scale: b.flat(scale),
      shift: b.flat(offset),
      dst: normalised(b, y),
      mean: b.flatOutput(mean),
      variance: b.flatOutput(variance),
      ...(workspace && { workspace }),
    }
    b.execute(primitive, args, ['dst', 'mean', 'variance', 'workspace'])
    // The fourth output of the fused kernel is the mask.
    if (workspace) b.set(node.outputs[3]!, workspace)
  }

const backward =
  (fused: { relu?: boolean }): Rule =>
  (node, b) => {
    const [dy, x, scale, mean, variance, mask] = node.inputs as Value[]
    const [dx, dScale, dOffset] = node.outputs as [Value, Value, Value]
    const src = activations(b, x!)
    const epsilon = numberOf(node, 'epsilon')
    const primitive = b.choose([{ kind: 'batchNormalizationBackward', src: src.descriptor, epsilon, ...fused }])
    const args = {
      src,
      diffDst: activations(b, dy!),
      scale: b.flat(scale!),
      mean: b.flat(mean!),
      variance: b.flat(variance!),
      diffSrc: normalised(b, dx),
      diffScale: b.flatOutput(dScale),
      diffShift: b.flatOutput(dOffset),
      ...(mask && { workspace: b.homeOf(mask) }),
    }
    b.execute(primitive, args, ['diffSrc', 'diffScale', 'diffShift'])
  }

const given: Rule = (node, b) => {
  const [x, scale, offset, mean, variance] = node.inputs as [Value, Value, Value, Value, Value]
  const src = activations(b, x)
  const epsilon = numberOf(node, 'varianceEpsilon', 0.001)
  const primitive = b.choose([{ kind: 'batchNormalization', src: src.descriptor, epsilon, inference: true }])
  const args = {
    src,
    scale: b.flat(scale),
    shift: b.flat(offset),
    mean: b.flat(mean),
    variance: b.flat(variance),
    dst: normalised(b, node.outputs[0]!),
  }
  b.execute(primitive, args, ['dst'])
}

export const normalisationRules: FamilyRules<typeof normalisationKernels, Rule> = {
  BatchNorm: forward({}),
  BatchNormGrad: backward({}),
  FusedBatchNorm: given,
}

/** Kernels of this target alone, which its passes make. */
export const fusedNormalisationRules = {
  BatchNormRelu: forward(RELU),
  BatchNormReluGrad: backward(RELU),
} satisfies Rules
