/** Kernels that reduce axes, the softmaxes, and matrix products. */

import { flagOf, numberOf, numbersOf } from '../../attributes.js'
import { type Builder, layoutOrder, type Rule, type Rules } from './builder.js'
import { cast } from './elementwise.js'
import { ELEMENT_TYPES } from './model.js'
import type { PhysicalNode, PhysicalValue } from './physical-graph.js'

/** The axes of a reduction, counted from the front; tfjs says `axis` or, for Max, `reductionIndices`. */
function axesOf(node: PhysicalNode): number[] {
  const rank = node.inputs[0]!.shape.length
  const axes = numbersOf(node, 'axis') ?? numbersOf(node, 'reductionIndices') ?? [...node.inputs[0]!.shape.keys()]
  return axes.map(axis => (axis < 0 ? axis + rank : axis)).sort((first, second) => first - second)
}

/**
 * Reduces in the layout the input lies in. What is left of an image in NCHW is in tfjs's order too, unless both the channels
 * and something of height and width stay: then it is permuted back.
 */
const reduce =
  (op: string): Rule =>
  (node, b) => {
    const [input, output] = [node.inputs[0]!, node.outputs[0]!]
    const axes = axesOf(node)
    const rank = input.shape.length
    const layout = b.unblockedLayoutOf(input)
    const order = layoutOrder(layout, rank)
    const x = input.dtype === output.dtype ? b.get(input, layout) : cast(b, b.get(input, layout), output.dtype)
    const keep = flagOf(node, 'keepDims') && rank === 4
    const physical = axes.map(axis => order.indexOf(axis)).sort((first, second) => first - second)
    const reduced = axes.length === 0 ? x : b.op(op, [x, b.int64(physical)], { keepdims: keep ? 1 : 0 })
    if (keep || axes.length === 0) return b.set(output, reduced, layout)
    const left = order.filter(axis => !axes.includes(axis))
    const sorted = [...left].sort((first, second) => first - second)
    const plain = b.transpose(
      reduced,
      left.map(axis => input.shape[axis]!),
      sorted.map(axis => left.indexOf(axis)),
    )
    b.set(output, flagOf(node, 'keepDims') ? b.reshape(plain, output.shape) : plain)
  }

/** Any and All: the largest or smallest of 0 and 1. */
const reduceBool =
  (op: string): Rule =>
  (node, b) => {
    const x = cast(b, b.get(node.inputs[0]!), 'int32')
    const axes = b.int64(axesOf(node))
    b.set(node.outputs[0]!, cast(b, b.op(op, [x, axes], { keepdims: flagOf(node, 'keepDims') ? 1 : 0 }), 'bool'))
  }

/** ArgMax and ArgMin over one axis; the first of equals, as in tfjs. */
const reduceIndex =
  (op: string): Rule =>
  (node, b) => {
    const axis = axesOf(node)[0]!
    const index = b.op(op, [b.get(node.inputs[0]!)], { axis, keepdims: 0 })
    b.set(node.outputs[0]!, b.op('Cast', [index], { to: ELEMENT_TYPES.int32 }))
  }

const softmax: Rule = (node, b) => {
  b.set(node.outputs[0]!, b.op('Softmax', [b.get(node.inputs[0]!)], { axis: numberOf(node, 'dim', -1) }))
}

/** A product of stacks of matrices, transposed on the fly where the target can. Shapes as they lie in memory. */
export function matmul(
  b: Builder,
  left: { name: string; shape: readonly number[]; transposed: boolean },
  right: { name: string; shape: readonly number[]; transposed: boolean },
): string {
  if (b.target.contrib && (left.transposed || right.transposed)) {
    const attributes = { transA: left.transposed ? 1 : 0, transB: right.transposed ? 1 : 0 }
    return b.operator('com.microsoft', 'FusedMatMul', [left.name, right.name], attributes, 1)[0]!
  }
  const [first, second] = [left, right].map(({ name, shape, transposed }) => {
    const axes = [...shape.keys()]
    return transposed ? b.transpose(name, shape, [...axes.slice(0, -2), axes.length - 1, axes.length - 2]) : name
  })
  return b.op('MatMul', [first!, second!])
}

/** tfjs makes every product a stack of at least one; a single pair is one Gemm. */
const batchMatMul: Rule = (node, b) => {
  const [left, right] = node.inputs as [PhysicalValue, PhysicalValue]
  const [transA, transB] = [flagOf(node, 'transposeA'), flagOf(node, 'transposeB')]
  const single = [left, right].every(({ shape }) => shape.slice(0, -2).every(extent => extent === 1))
  if (single) {
    const [first, second] = [left, right].map(value => b.reshape(b.get(value), value.shape.slice(-2)))
    const product = b.op('Gemm', [first!, second!], { transA: transA ? 1 : 0, transB: transB ? 1 : 0 })
    return b.set(node.outputs[0]!, b.reshape(product, node.outputs[0]!.shape))
  }
  const product = matmul(
    b,
    { name: b.get(left), shape: left.shape, transposed: transA },
    { name: b.get(right), shape: right.shape, transposed: transB },
  )
  b.set(node.outputs[0]!, product)
}

export const reductionRules: Rules = {
  All: reduceBool('ReduceMin'),
  Any: reduceBool('ReduceMax'),
  ArgMax: reduceIndex('ArgMax'),
  ArgMin: reduceIndex('ArgMin'),
  BatchMatMul: batchMatMul,
  Max: reduce('ReduceMax'),
  Mean: reduce('ReduceMean'),
  Min: reduce('ReduceMin'),
  Prod: reduce('ReduceProd'),
  Softmax: softmax,
  Sum: reduce('ReduceSum'),
}
