/** How a kernel stands to the layout of its tensors of rank 4. A kernel in no table works on tfjs's own order. */

import { activationKernels } from '../../kernels/activation.js'
import { elementwiseKernels } from '../../kernels/elementwise.js'

type Role = 'image' | 'filter'

/** Kernels that want images and filters, each in its own layout: the roles of inputs and of the output. */
export const WINDOW_KERNELS: Readonly<Record<string, { inputs: readonly Role[]; output: Role }>> = {
  Conv2D: { inputs: ['image', 'filter'], output: 'image' },
  Conv2DBackpropInput: { inputs: ['image', 'filter'], output: 'image' },
  Conv2DBackpropFilter: { inputs: ['image', 'image'], output: 'filter' },
  DepthwiseConv2dNative: { inputs: ['image', 'filter'], output: 'image' },
  DepthwiseConv2dNativeBackpropInput: { inputs: ['image', 'filter'], output: 'image' },
  DepthwiseConv2dNativeBackpropFilter: { inputs: ['image', 'image'], output: 'filter' },
  MaxPool: { inputs: ['image'], output: 'image' },
  AvgPool: { inputs: ['image'], output: 'image' },
  MaxPoolGrad: { inputs: ['image', 'image', 'image'], output: 'image' },
  AvgPoolGrad: { inputs: ['image', 'image'], output: 'image' },
}

/**
 * Kernels that work in any layout, as long as all their tensors of rank 4 share it; axes and paddings in their attributes
 * keep speaking of the logical shape. Operands of a lower rank (scales, slopes, scalars) stay as they are.
 */
export const LAYOUT_FOLLOWERS: ReadonlySet<string> = new Set([
  ...Object.keys(elementwiseKernels),
  ...Object.keys(activationKernels).filter(name => name !== 'Softmax'),
  ...['BatchNorm', 'BatchNormGrad', 'FusedBatchNorm', 'PreluGrad', 'MomentumUpdate', 'MovingAverage'],
  ...['Concat', 'MirrorPad', 'PadV2', 'Reverse', 'Slice', 'Tile'],
])

/** Reductions, and where each says its axes. They take any layout that leaves the remaining axes in their order. */
export const LAYOUT_REDUCTIONS: Readonly<Record<string, string>> = {
  ...{ Sum: 'axis', Mean: 'axis', Prod: 'axis', Min: 'axis' },
  Max: 'reductionIndices',
}
