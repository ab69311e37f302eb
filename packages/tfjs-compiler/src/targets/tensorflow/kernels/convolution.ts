/**
 * Convolutions, dense and depthwise, with paddings by numbers: tfjs-node takes `valid` and `same` only, TensorFlow's operations
 * any. Images are NHWC, filters HWIO.
 */

import * as tf from '@tensorflow/tfjs-core'
import type { Attribute } from '../../../graph/graph.js'
import { type Pad, pair, type Rounding } from '../../../kernels/kernel.js'
import { runOp } from '../tfjs-node-backend.js'
import type { NativeKernel } from './native-kernels.js'

type Extents = [number, number, number, number]
type Given = Readonly<Record<string, unknown>>

/** Strides, dilations and paddings as TensorFlow's operations take them: a number for each axis, two for a padding. */
function windowOf(given: Given, image: readonly number[], filter: readonly number[], depthwise: boolean) {
  const [strides, dilations] = [pair(given.strides as Attribute), pair(given.dilations as Attribute, 1)]
  const { padInfo } = tf.backend_util.computeConv2DInfo(
    image as Extents,
    filter as Extents,
    strides,
    dilations,
    given.pad as Pad,
    given.dimRoundingMode as Rounding,
    depthwise,
  )
  const { top, bottom, left, right } = padInfo
  const none = top + bottom + left + right === 0
  return {
    strides: [1, ...strides, 1],
    dilations: [1, ...dilations, 1],
    data_format: 'NHWC',
    padding: none ? 'VALID' : 'EXPLICIT',
    ...(none ? {} : { explicit_paddings: [0, 0, top, bottom, left, right, 0, 0] }),
  }
}

const forward =
  (name: string, depthwise: boolean): NativeKernel =>
  (backend, { x, filter }, given) =>
    runOp({ backend, name, inputs: [x!, filter!] }, windowOf(given, x!.shape, filter!.shape, depthwise))

const gradientOfInput =
  (name: string, depthwise: boolean): NativeKernel =>
  (backend, { dy, filter }, given) => {
    const shape = given.inputShape as number[]
    const sizes = tf.tensor1d(shape, 'int32')
    return runOp({ backend, name, inputs: [sizes, filter!, dy!] }, windowOf(given, shape, filter!.shape, depthwise))
  }

const gradientOfFilter =
  (name: string, depthwise: boolean): NativeKernel =>
  (backend, { x, dy }, given) => {
    const shape = given.filterShape as number[]
    const sizes = tf.tensor1d(shape, 'int32')
    return runOp({ backend, name, inputs: [x!, sizes, dy!] }, windowOf(given, x!.shape, shape, depthwise))
  }

export const convolutions = {
  Conv2D: forward('Conv2D', false),
  Conv2DBackpropInput: gradientOfInput('Conv2DBackpropInput', false),
  Conv2DBackpropFilter: gradientOfFilter('Conv2DBackpropFilter', false),
  DepthwiseConv2dNative: forward('DepthwiseConv2dNative', true),
  DepthwiseConv2dNativeBackpropInput: gradientOfInput('DepthwiseConv2dNativeBackpropInput', true),
  DepthwiseConv2dNativeBackpropFilter: gradientOfFilter('DepthwiseConv2dNativeBackpropFilter', true),
} satisfies Record<string, NativeKernel>
