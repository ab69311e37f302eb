/** Convolutions, dense and depthwise, with the gradients by their inputs and filters. Images are NHWC, filters HWIO. */

import { backend_util } from '@tensorflow/tfjs-core'
import type { Attributes } from '../graph/graph.js'
import {
  expectSameShape,
  f32,
  type Kernels,
  numbers,
  type Pad,
  pair,
  type Rounding,
  rank4,
  type TensorType,
} from './kernel.js'

function convolved(
  attributes: Attributes,
  image: readonly number[],
  filter: readonly number[],
  depthwise = false,
): number[] {
  const { strides, dilations, pad, dimRoundingMode, dataFormat = 'NHWC' } = attributes
  if (dataFormat !== 'NHWC') throw new Error(`expected data format NHWC, found ${String(dataFormat)}`)
  const [inChannels, filterChannels] = [image[3], filter[2]]
  if (inChannels !== filterChannels)
    throw new Error(`the image has ${inChannels} channels, the filter takes ${filterChannels}`)
  return backend_util.computeConv2DInfo(
    rank4('the image', image),
    rank4('the filter', filter),
    pair(strides),
    pair(dilations, 1),
    pad as Pad,
    dimRoundingMode as Rounding,
    depthwise,
  ).outShape
}

function gradientOfInput(depthwise: boolean) {
  return (attributes: Attributes, dy: TensorType, filter: TensorType) => {
    const shape = numbers(attributes.inputShape)
    expectSameShape('dy', dy.shape, convolved(attributes, shape, filter.shape, depthwise))
    return [f32(shape)]
  }
}

function gradientOfFilter(depthwise: boolean) {
  return (attributes: Attributes, x: TensorType, dy: TensorType) => {
    const shape = numbers(attributes.filterShape)
    expectSameShape('dy', dy.shape, convolved(attributes, x.shape, shape, depthwise))
    return [f32(shape)]
  }
}

export const convolutionKernels = {
  Conv2D: { inputs: ['x', 'filter'], outputs: (a, x, filter) => [f32(convolved(a, x!.shape, filter!.shape))] },
  Conv2DBackpropInput: { inputs: ['dy', 'filter'], outputs: gradientOfInput(false) },
  Conv2DBackpropFilter: { inputs: ['x', 'dy'], outputs: gradientOfFilter(false) },
  DepthwiseConv2dNative: {
    inputs: ['x', 'filter'],
    outputs: (a, x, filter) => [f32(convolved(a, x!.shape, filter!.shape, true))],
  },
  DepthwiseConv2dNativeBackpropInput: { inputs: ['dy', 'filter'], outputs: gradientOfInput(true) },
  DepthwiseConv2dNativeBackpropFilter: { inputs: ['x', 'dy'], outputs: gradientOfFilter(true) },
} satisfies Kernels
