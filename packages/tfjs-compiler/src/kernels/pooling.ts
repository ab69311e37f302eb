/** Pooling and its gradients. Images are NHWC. */

import { backend_util } from '@tensorflow/tfjs-core'
import type { Attributes } from '../graph/graph.js'
import { expectSameShape, f32, type Kernels, type Pad, pair, type Rounding, rank4, type TensorType } from './kernel.js'

function pooled(attributes: Attributes, x: TensorType): number[] {
  const { filterSize, strides, pad, dimRoundingMode } = attributes
  return backend_util.computePool2DInfo(
    rank4('the image', x.shape),
    pair(filterSize),
    pair(strides),
    1,
    pad as Pad,
    dimRoundingMode as Rounding,
  ).outShape
}

export const poolingKernels = {
  MaxPool: { inputs: ['x'], outputs: (a, x) => [{ shape: pooled(a, x!), dtype: x!.dtype }] },
  AvgPool: { inputs: ['x'], outputs: (a, x) => [f32(pooled(a, x!))] },
  MaxPoolGrad: {
    inputs: ['dy', 'input', 'output'],
    outputs: (a, dy, input, output) => {
      expectSameShape('dy', dy!.shape, pooled(a, input!))
      expectSameShape('output', output!.shape, dy!.shape)
      return [f32(input!.shape)]
    },
  },
  AvgPoolGrad: {
    inputs: ['dy', 'input'],
    outputs: (a, dy, input) => {
      expectSameShape('dy', dy!.shape, pooled(a, input!))
      return [f32(input!.shape)]
    },
  },
} satisfies Kernels
