/** Convolutions and their gradients, in NCHW with filters OIHW. */
import type { Value } from '../graph.js'
import { listOf } from './attributes.js'
import type { Builder, Rule, Rules } from './builder.js'
import { matmul } from './reduction.js'
import {
  convAttributes,
  convWindow,
  filterGradientWindow,
  inputGradientWindow,
  isPointwise,
  outputPadding,
  type Window,
} from './window.js'

const conv2d: Rule = (node, b) => {
  const [x, filter] = node.inputs as [Value, Value]
  const window = convWindow(node, x.shape, filter.shape, false)
  const bias = node.inputs[2] ? [b.get(node.inputs[2])] : []
  b.set(
    node.outputs[0]!,
    b.op('Conv', [b.get(x, 'nchw'), b.get(filter, 'oihw'), ...bias], convAttributes(window)),
    'nchw',
  )
}

/** Height and width reversed. */
function flipped(b: Builder, filter: string, window: Window): string {
  if (window.kernel.every(extent => extent === 1)) return filter
  const [axes, back, end] = [b.int64([2, 3]), b.int64([-1, -1]), b.int64([-(2 ** 31), -(2 ** 31)])]
  return b.op('Slice', [filter, back, end, axes, back])
}

/** Stride 1: dy convolved with the flipped filter, input and output channels exchanged; else ONNX's ConvTranspose. */
const conv2dInputGradient: Rule = (node, b) => {
  const [dy, filter] = node.inputs as [Value, Value]
  const window = convWindow(node, listOf(node, 'inputShape'), filter.shape, false)
  const back = inputGradientWindow(window)
  const [kh, kw, ci, co] = filter.shape as [number, number, number, number]
  const [g, w] = [b.get(dy, 'nchw'), b.get(filter, 'oihw')]
  if (back) {
    const exchanged = b.transpose(flipped(b, w, window), [co, ci, kh, kw], [1, 0, 2, 3])
    return b.set(node.outputs[0]!, b.op('Conv', [g, exchanged], convAttributes(back)), 'nchw')
  }
  const attributes = { ...convAttributes(window), output_padding: outputPadding(window) }
  b.set(node.outputs[0]!, b.op('ConvTranspose', [g, w], attributes), 'nchw')
}

/** One product of dy [co, pixels] and the windows' contents [taps ci, pixels] for each image, then the sum over images. */
const conv2dFilterGradient: Rule = (node, b) => {
  const [x, dy] = node.inputs as [Value, Value]
  const filterShape = listOf(node, 'filterShape')
  const window = convWindow(node, x.shape, filterShape, false)
  const [kh, kw, ci, co] = filterShape as [number, number, number, number]
  const n = x.shape[0]!
  const pixels = window.output[0] * window.output[1]
  const columns = isPointwise(window) ? b.reshape(b.get(x, 'nchw'), [n, ci, pixels]) : tapColumns(b, x, window)
  const product = matmul(
    b,
    { name: b.reshape(b.get(dy, 'nchw'), [n, co, pixels]), shape: [n, co, pixels], transposed: false },
    { name: columns, shape: [n, kh * kw * ci, pixels], transposed: true },
  )
  const sum = b.op('ReduceSum', [product, b.int64([0])], { keepdims: 0 })
  b.set(node.outputs[0]!, b.transpose(b.reshape(sum, [co, kh, kw, ci]), [co, kh, kw, ci], [0, 3, 1, 2]), 'oihw')
}

/** What every tap of the filter sees: [batch, taps ci, pixels], one strided slice of the padded input per tap. */
function tapColumns(b: Builder, x: Value, window: Window): string {
  const { kernel, strides, dilations, before, after, input, output } = window
  const padded = [...before, ...after].every(pad => pad === 0)
    ? b.get(x, 'nchw')
    : b.op('Pad', [b.get(x, 'nchw'), b.int64([0, 0, ...before, 0, 0, ...after])])
  const shape = [x.shape[0]!, x.shape[3]!, output[0] * output[1]]
  const taps: string[] = []
  for (let i = 0; i < kernel[0]; i++) {
    for (let j = 0; j < kernel[1]; j++) {
      const starts = [i * dilations[0], j * dilations[1]]
      const ends = starts.map((start, side) => start + (output[side]! - 1) * strides[side]! + 1)
      const whole =
        kernel[0] * kernel[1] === 1 && ends.every((end, side) => end === input[side]) && strides.every(s => s === 1)
      const tap = whole
        ? padded
        : b.op('Slice', [padded, b.int64(starts), b.int64(ends), b.int64([2, 3]), b.int64(strides)])
      taps.push(b.reshape(tap, shape))
    }
  }
  return taps.length === 1 ? taps[0]! : b.op('Concat', taps, { axis: 1 })
}

/** A depthwise filter HWCM as Conv wants it: [C M, 1, H, W], an input channel's outputs side by side. */
function groupedFilter(b: Builder, filter: Value): string {
  const [kh, kw, channels, multiplier] = filter.shape as [number, number, number, number]
  const perChannel = b.transpose(b.get(filter, 'oihw'), [multiplier, channels, kh, kw], [1, 0, 2, 3])
  return b.reshape(perChannel, [channels * multiplier, 1, kh, kw])
}

const depthwise: Rule = (node, b) => {
  const [x, filter] = node.inputs as [Value, Value]
  const window = convWindow(node, x.shape, filter.shape, true)
  const bias = node.inputs[2] ? [b.get(node.inputs[2])] : []
  const attributes = convAttributes(window, x.shape[3]!)
  b.set(node.outputs[0]!, b.op('Conv', [b.get(x, 'nchw'), groupedFilter(b, filter), ...bias], attributes), 'nchw')
}

const depthwiseInputGradient: Rule = (node, b) => {
  const [dy, filter] = node.inputs as [Value, Value]
  const window = convWindow(node, listOf(node, 'inputShape'), filter.shape, true)
  const back = inputGradientWindow(window)
  const [g, w, channels] = [b.get(dy, 'nchw'), groupedFilter(b, filter), filter.shape[2]!]
  if (back && filter.shape[3] === 1) {
    return b.set(node.outputs[0]!, b.op('Conv', [g, flipped(b, w, window)], convAttributes(back, channels)), 'nchw')
  }
  const attributes = { ...convAttributes(window, channels), output_padding: outputPadding(window) }
  b.set(node.outputs[0]!, b.op('ConvTranspose', [g, w], attributes), 'nchw')
}

/** Every image's channel convolved with its own dy as the filter, then the sum over images. */
const depthwiseFilterGradient: Rule = (node, b) => {
  const [x, dy] = node.inputs as [Value, Value]
  const filterShape = listOf(node, 'filterShape')
  const window = convWindow(node, x.shape, filterShape, true)
  const back = filterGradientWindow(window)
  const [kh, kw, channels, multiplier] = filterShape as [number, number, number, number]
  const n = x.shape[0]!
  const image = b.reshape(b.get(x, 'nchw'), [1, n * channels, ...window.input])
  const filters = b.reshape(b.get(dy, 'nchw'), [n * channels * multiplier, 1, ...window.output])
  const whole = b.op('Conv', [image, filters], convAttributes(back, n * channels))
  const cut = cutTo(b, whole, back.output, [kh, kw])
  const sum = b.op('ReduceSum', [b.reshape(cut, [n, channels, multiplier, kh, kw]), b.int64([0])], { keepdims: 0 })
  b.set(node.outputs[0]!, b.transpose(sum, [channels, multiplier, kh, kw], [1, 0, 2, 3]), 'oihw')
}

/** The first rows and columns of an image in NCHW. */
function cutTo(b: Builder, name: string, from: readonly number[], to: readonly number[]): string {
  if (from.every((extent, side) => extent === to[side])) return name
  return b.op('Slice', [name, b.int64([0, 0]), b.int64(to), b.int64([2, 3])])
}

export const convolutionRules: Rules = {
  Conv2D: conv2d,
  Conv2DBackpropFilter: conv2dFilterGradient,
  Conv2DBackpropInput: conv2dInputGradient,
  DepthwiseConv2dNative: depthwise,
  DepthwiseConv2dNativeBackpropFilter: depthwiseFilterGradient,
  DepthwiseConv2dNativeBackpropInput: depthwiseInputGradient,
}
