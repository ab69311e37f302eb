/** A convolution with its epilogue as post-ops: the pass passes/fuse-convolution-epilogue.ts makes these nodes. */
import { type Attributes, type PostOp, Unimplemented } from '@tiny-face/onednn-session'
import { numberOf } from '../../../attributes.js'
import type { GraphNode, Value } from '../../../graph/graph.js'
import type { Builder, Form } from '../builder.js'
import type { EpilogueNode } from '../passes/fuse-convolution-epilogue.js'
import { RELU6 } from './activation.js'
import { convolutionForward } from './convolution.js'

/**
 * Writes the convolution with its post-ops; false where oneDNN has none such, and the parts are to be written one by one. The factor
 * and the shift of the batch norm are computed from its statistics, a vector each.
 */
export function lowerEpilogue(b: Builder, node: EpilogueNode): boolean {
  const [convolution, norm, ...rest] = node.parts as [GraphNode, GraphNode, ...GraphNode[]]
  const [y] = node.outputs as [Value]
  const [, scale, offset, mean, variance] = norm.inputs as [Value, Value, Value, Value, Value]
  const channels = y.shape[3]!
  const perChannel = b.descriptor([1, channels, 1, 1], 'f32', 'acdb')
  const vector = (form: Form): Form => ({ ...form, role: 'image', descriptor: perChannel })
  const [factor, shift] = [0, 1].map(() => b.temporary(b.descriptor([channels], 'f32', [1])))
  const operands = [vector(factor!), vector(shift!)]
  const postOps: PostOp[] = [
    { kind: 'binary', algorithm: 'multiply', operand: perChannel },
    { kind: 'binary', algorithm: 'add', operand: perChannel },
  ]
  const sum = rest.find(({ op }) => op === 'Add')
  const dst = b.imageDescriptor(y.shape, b.lowering.precision)
  if (sum) {
    const other = sum.inputs.find(value => value !== norm.outputs[0])!
    operands.push(b.get(other, 'image', dst))
    postOps.push({ kind: 'binary', algorithm: 'add', operand: dst })
  }
  const slope = rest.find(({ op }) => op === 'Prelu')
  if (slope) postOps.push({ kind: 'prelu', mask: 2 })
  if (rest.some(({ op }) => op === 'Relu')) postOps.push({ kind: 'eltwise', algorithm: 'relu' })
  if (rest.some(({ op }) => op === 'Relu6')) postOps.push({ kind: 'eltwise', ...RELU6 })
  const attributes: Attributes = { postOps }
  const epsilon = numberOf(norm, 'varianceEpsilon', 0.001)
  try {
    convolutionForward(
      b,
      convolution,
      y,
      { attributes, dst, operands, slope: slope && b.flat(slope.inputs[1]!) },
      () => {
        const reads = [scale, offset, mean, variance].map(value => b.flat(value))
        b.loop('factor', reads, [factor!, shift!], ([s, o, m, v, f, t]) => () => {
          for (let c = 0; c < channels; c++) {
            const inverse = s![c]! / Math.sqrt(v![c]! + epsilon)
            f![c] = inverse
            t![c] = o![c]! - m![c]! * inverse
          }
        })
      },
    )
    return true
  } catch (error) {
    if (error instanceof Unimplemented) return false
    throw error
  }
}
