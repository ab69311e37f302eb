/** Products of stacks of matrices. */

import { flagOf } from '../../../attributes.js'
import type { matmulKernels } from '../../../kernels/matmul.js'
import type { PhysicalValue } from '../physical-graph.js'
import type { OnnxRules, Write } from '../rule.js'
import type { Writer } from '../writer.js'

export interface Matrices {
  readonly name: string
  /** As they lie in memory. */
  readonly shape: readonly number[]
  readonly transposed: boolean
}

/** A product of stacks of matrices, transposed on the fly where onnxruntime can. */
export function matmul(b: Writer, left: Matrices, right: Matrices): string {
  if (b.operators.contrib && (left.transposed || right.transposed)) {
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
const batchMatMul: Write = (node, b) => {
  const [left, right] = node.inputs as [PhysicalValue, PhysicalValue]
  const output = node.outputs[0]!
  const [transA, transB] = [flagOf(node, 'transposeA'), flagOf(node, 'transposeB')]
  const single = [left, right].every(({ shape }) => shape.slice(0, -2).every(extent => extent === 1))
  if (single) {
    const [first, second] = [left, right].map(value => b.reshape(b.get(value), value.shape.slice(-2)))
    const product = b.op('Gemm', [first!, second!], { transA: transA ? 1 : 0, transB: transB ? 1 : 0 })
    return b.set(output, b.reshape(product, output.shape))
  }
  const product = matmul(
    b,
    { name: b.get(left), shape: left.shape, transposed: transA },
    { name: b.get(right), shape: right.shape, transposed: transB },
  )
  b.set(output, product)
}

export const matmulRules: OnnxRules<typeof matmulKernels> = { BatchMatMul: { layout: 'plain', write: batchMatMul } }
