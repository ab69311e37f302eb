/** Kernels that reduce axes. */
import { flagOf, numbersOf } from '../../../attributes.js'
import type { GraphNode } from '../../../graph/graph.js'
import type { reductionKernels } from '../../../kernels/reduction.js'
import { ELEMENT_TYPES } from '../model-file.js'
import { layoutOrder } from '../physical-graph.js'
import type { OnnxRule, OnnxRules } from '../rule.js'

/** The axes of a reduction, counted from the front; tfjs says `axis` or, for Max, `reductionIndices`. */
function axesOf(node: GraphNode): number[] {
  const rank = node.inputs[0]!.shape.length
  const axes = numbersOf(node, 'axis') ?? numbersOf(node, 'reductionIndices') ?? [...node.inputs[0]!.shape.keys()]
  return axes.map(axis => (axis < 0 ? axis + rank : axis)).sort((first, second) => first - second)
}

/** Reduces in the layout the input lies in, where what is left is in tfjs's order. */
const reduce = (op: string): OnnxRule => ({
  layout: 'reduces',
  write(node, b) {
    const [input, output] = [node.inputs[0]!, node.outputs[0]!]
    const axes = axesOf(node)
    const order = layoutOrder(input.layout, input.shape.length)
    const x = input.dtype === output.dtype ? b.get(input) : b.cast(b.get(input), output.dtype)
    const places = axes.map(axis => order.indexOf(axis)).sort((first, second) => first - second)
    const keepdims = flagOf(node, 'keepDims') ? 1 : 0
    b.set(output, axes.length === 0 ? x : b.op(op, [x, b.int64(places)], { keepdims }))
  },
})

/** A scalar has no axes, and no axes is all of them to some operators and none to others. */
const sumOfSquares: OnnxRule = {
  layout: 'reduces',
  write(node, b) {
    if (node.inputs[0]!.shape.length > 0) return reduce('ReduceSumSquare').write(node, b)
    const x = b.get(node.inputs[0]!)
    b.set(node.outputs[0]!, b.op('Mul', [x, x]))
  },
}

/** Any and All: the largest or smallest of 0 and 1. */
const reduceBool = (op: string): OnnxRule => ({
  layout: 'plain',
  write(node, b) {
    const x = b.cast(b.get(node.inputs[0]!), 'int32')
    const reduced = b.op(op, [x, b.int64(axesOf(node))], { keepdims: flagOf(node, 'keepDims') ? 1 : 0 })
    b.set(node.outputs[0]!, b.cast(reduced, 'bool'))
  },
})

/** ArgMax and ArgMin over one axis; the first of equals, as in tfjs. */
const reduceIndex = (op: string): OnnxRule => ({
  layout: 'plain',
  write(node, b) {
    const index = b.op(op, [b.get(node.inputs[0]!)], { axis: axesOf(node)[0]!, keepdims: 0 })
    b.set(node.outputs[0]!, b.op('Cast', [index], { to: ELEMENT_TYPES.int32 }))
  },
})

export const reductionRules: OnnxRules<typeof reductionKernels> = {
  All: reduceBool('ReduceMin'),
  Any: reduceBool('ReduceMax'),
  ArgMax: reduceIndex('ArgMax'),
  ArgMin: reduceIndex('ArgMin'),
  Max: reduce('ReduceMax'),
  Mean: reduce('ReduceMean'),
  Min: reduce('ReduceMin'),
  Prod: reduce('ReduceProd'),
  Sum: reduce('ReduceSum'),
  SumOfSquares: sumOfSquares,
}
