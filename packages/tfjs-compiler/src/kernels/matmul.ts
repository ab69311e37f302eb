/** Products of stacks of matrices. */

import type { Attributes } from '../graph/graph.js'
import { broadcast, f32, type Kernels, type TensorType } from './kernel.js'

function product(attributes: Attributes, a: TensorType, b: TensorType): number[] {
  const [rowsA, columnsA] = a.shape.slice(-2)
  const [rowsB, columnsB] = b.shape.slice(-2)
  const [rows, inner] = attributes.transposeA ? [columnsA, rowsA] : [rowsA, columnsA]
  const [innerB, columns] = attributes.transposeB ? [columnsB, rowsB] : [rowsB, columnsB]
  if (inner !== innerB) throw new Error(`inner extents ${inner} and ${innerB} differ ([${a.shape}] and [${b.shape}])`)
  return [...broadcast(a.shape.slice(0, -2), b.shape.slice(0, -2)), rows!, columns!]
}

export const matmulKernels = {
  BatchMatMul: { inputs: ['a', 'b'], outputs: (attributes, a, b) => [f32(product(attributes, a!, b!))] },
} satisfies Kernels
