/**
 * Products of matrices. In bf16 where one side comes from images; the other side is then copied to bf16. A head works on f32.
 */
import type { ElementType } from '@tiny-face/onednn-session'
import { flagOf } from '../../../attributes.js'
import { UnsupportedKernel } from '../../../executable.js'
import { type Graph, sizeOf, type Value } from '../../../graph/graph.js'
import type { matmulKernels } from '../../../kernels/matmul.js'
import type { FamilyRules } from '../../../rule-table.js'
import { type Builder, type Form, rowStrides } from '../builder.js'
import type { Rule, Rules } from './rule.js'

/** The value as a stack of matrices, or one matrix where there is only one. */
function matrices(b: Builder, value: Value, type: ElementType, transposed: boolean): Form {
  const form = b.flat(value, type)
  const shape = stackOf(value.shape)
  const strides = rowStrides(shape)
  const swap = <T>(list: T[]) => (transposed ? [...list.slice(0, -2), list.at(-1)!, list.at(-2)!] : list)
  return { ...form, descriptor: b.descriptor(swap(shape), type, swap(strides)) }
}

function stackOf(shape: readonly number[]): number[] {
  const outer = sizeOf(shape.slice(0, -2))
  return [...(outer === 1 ? [] : shape.slice(0, -2)), ...shape.slice(-2)]
}

/** With a third input, that is added: it is brought to where the result will lie, unless it was made there. */
const product: Rule = (node, b) => {
  const [left, right, other] = node.inputs as [Value, Value, Value?]
  const [y] = node.outputs as [Value]
  const type = [left, right, y].some(value => b.typeOf(value) === 'bf16') ? 'bf16' : 'f32'
  const single = stackOf(y.shape).length === 2
  const src = matrices(b, left, type, flagOf(node, 'transposeA'))
  const weights = matrices(b, right, type, flagOf(node, 'transposeB'))
  const dst = b.allocate(y, 'flat', b.plainDescriptor(y.shape, 'flat', b.typeOf(y)))
  b.set(y, dst)
  const result = { ...dst, descriptor: b.descriptor(stackOf(y.shape), b.typeOf(y), rowStrides(stackOf(y.shape))) }
  const computation = {
    kind: 'matmul',
    src: src.descriptor,
    weights: weights.descriptor,
    dst: result.descriptor,
  } as const
  if (!single) broadcastsOrThrow(node.inputs)
  if (other && b.homeOf(other).storage !== dst.storage) b.reorder(b.flat(other, b.typeOf(y)), dst)
  const attributes = other ? { postOps: [{ kind: 'sum' } as const] } : {}
  b.execute(b.choose([computation], attributes), { src, weights, dst: result }, ['dst'])
}

/** oneDNN broadcasts stacks only where they have the same number of axes. */
function broadcastsOrThrow([left, right]: readonly Value[]): void {
  if (stackOf(left!.shape).length !== stackOf(right!.shape).length)
    throw new UnsupportedKernel({
      kernel: 'BatchMatMul',
      target: 'onednn',
      why: `stacks are of the same rank, these are [${left!.shape}] and [${right!.shape}]`,
    })
}

export const matmulRules: FamilyRules<typeof matmulKernels, Rule> = { BatchMatMul: product }

/** A kernel of this target alone, which a pass makes. */
export const fusedMatmulRules: Rules = { MatMulAdd: product }

/** What is added to a product is made where the sum will lie. */
export function planSums(b: Builder, graph: Graph): void {
  // From the last to the first, so that a sum of sums is made in one place.
  for (const { op, inputs, outputs } of graph.nodes.toReversed()) {
    if (op !== 'MatMulAdd') continue
    const [y] = outputs as [Value]
    const form = b.allocate(y, 'flat', b.plainDescriptor(y.shape, 'flat', b.typeOf(y)))
    b.keepPlace(y, form)
    b.keepPlace(inputs[2]!, form)
  }
}
