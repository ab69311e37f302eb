/** Kernels that fold axes away, and the softmax family. */

import { type Attribute, type Attributes, type DType, sizeOf } from '../graph/graph.js'
import { axesOf, f32, type ShapeRules, sameRule, type TensorType } from './rule.js'

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

export const reductionShapes: ShapeRules = {
  ...sameRule(['Sum', 'Prod', 'Max', 'Min'], reduction()),
  Mean: reduction('float32'),
  ...sameRule(['All', 'Any'], reduction('bool')),
  ...sameRule(['ArgMax', 'ArgMin'], { inputs: ['x'], outputs: index }),
  ...sameRule(['Softmax', 'LogSoftmax'], { inputs: ['logits'], outputs: (_, logits) => [f32(logits!.shape)] }),
}
