/** Kernels that fold axes away. */

import * as tf from '@tensorflow/tfjs-core'
import { type Attribute, type Attributes, type DType, sizeOf } from '../graph/graph.js'
import { defineCompositeOp, runKernel } from './composite-op.js'
import { axesOf, f32, type Kernels, sameKernel, type TensorType } from './kernel.js'

function reduced(x: TensorType, axis: Attribute, keepDims: Attribute): number[] {
  const axes = new Set(axesOf(axis, x.shape.length))
  if (keepDims) return x.shape.map((extent, index) => (axes.has(index) ? 1 : extent))
  return x.shape.filter((_, index) => !axes.has(index))
}

function reduction(dtype?: DType) {
  return {
    inputs: ['x'],
    outputs: (a: Attributes, x: TensorType) => [
      { shape: reduced(x, a.reductionIndices ?? a.axis, a.keepDims), dtype: dtype ?? x.dtype },
    ],
  }
}

function index(a: Attributes, x: TensorType): TensorType[] {
  const shape = reduced(x, a.axis, false)
  if (sizeOf(x.shape) === 0) throw new Error(`nothing to choose from in [${x.shape}]`)
  return [{ shape, dtype: 'int32' }]
}

export const reductionKernels = {
  ...sameKernel(['Sum', 'Prod', 'Max', 'Min'], reduction()),
  Mean: reduction('float32'),
  ...sameKernel(['All', 'Any'], reduction('bool')),
  ...sameKernel(['ArgMax', 'ArgMin'], { inputs: ['x'], outputs: index }),
  SumOfSquares: { inputs: ['x'], outputs: () => [f32([])] },
} satisfies Kernels

/** The squared length of a tensor of any shape, a scalar. One kernel, since no target needs to write the squares, or care how x lies. */
export function sumOfSquares(x: tf.Tensor): tf.Scalar {
  return runKernel('SumOfSquares', { x }, {})[0] as tf.Scalar
}

defineCompositeOp('SumOfSquares', ({ x }) => [tf.sum(tf.square(x!))])

/** The attribute in which a reduction says its axes; a trace writes them out, counted from the front. */
export const REDUCTION_AXES: Readonly<Record<string, 'axis' | 'reductionIndices' | undefined>> = {
  ...{ Sum: 'axis', Mean: 'axis', Prod: 'axis', Min: 'axis', All: 'axis', Any: 'axis' },
  Max: 'reductionIndices',
}
