/** Convolutions and their gradients, in NCHW with filters OIHW. */

import { listOf } from '../../attributes.js'
import {
  convWindow,
  filterGradientWindow,
  inputGradientWindow,
  isPointwise,
  spreadWindow,
  type Window,
} from '../../window.js'
import { blockedConv, blockedFilter, depthwiseFilter, exchangedFilter, pictureFilter } from './blocked.js'
import { type Builder, physicalShape, type Rule, type Rules } from './builder.js'
import type { PhysicalValue } from './physical-graph.js'
import { matmul } from './reduction.js'
import { convAttributes, outputPadding } from './window-attributes.js'

/**
 * In blocks where the machine has them; a picture's few channels go in as they are. Else, and always with a bias from a
 * fused kernel, ONNX's Conv.
 */
const conv2d: Rule = (node, b) => {
  const [x, filter] = node.inputs as [PhysicalValue, PhysicalValue]
  const output = node.outputs[0]!
  const window = convWindow(node, x.shape, filter.shape, false)
  const bias = node.inputs[2] ? [b.get(node.inputs[2])] : []
  const [w, oihw] = [b.get(filter, 'oihw'), physicalShape(filter.shape, 'oihw')]
  if (b.blocks(output) && (b.blocks(x) || x.shape[3]! < b.target.block)) {
    const inputs = b.blocks(x)
      ? { x: b.get(x, 'blocked'), filter: blockedFilter(b, w, oihw) }
      : { x: b.get(x, 'nchw'), filter: pictureFilter(b, w, oihw) }
    return b.set(output, blockedConv(b, { ...inputs, offset: bias[0] }, window, 1, oihw[0]!), 'blocked')
  }
  b.set(output, b.op('Conv', [b.get(x, 'nchw'), w, ...bias], convAttributes(window)), 'nchw')
}

/** Height and width reversed. */
function flipped(b: Builder, filter: string, window: Window): string {
  if (window.kernel.every(extent => extent === 1)) return filter
  const [axes, back, end] = [b.int64([2, 3]), b.int64([-1, -1]), b.int64([-(2 ** 31), -(2 ** 31)])]
  return b.op('Slice', [filter, back, end, axes, back])
}

/**
 * dy convolved with the flipped filter, input and output channels exchanged; where the stride is not 1 over dy spread out by it,
 * or, if no blocks are to be had, by ONNX's ConvTranspose.
 */
const conv2dInputGradient: Rule = (node, b) => {
  const [dy, filter] = node.inputs as [PhysicalValue, PhysicalValue]
  const dx = node.outputs[0]!
  const window = convWindow(node, listOf(node, 'inputShape'), filter.shape, false)
  const [w, oihw] = [b.get(filter, 'oihw'), physicalShape(filter.shape, 'oihw')]
  const spread = spreadWindow(window)
  if (spread && b.blocks(dx) && b.blocks(dy)) {
    const { name, factor } = b.scaled(dy, 'blocked')
    const inputs = { x: spreadOut(b, name, dy, window), filter: exchangedFilter(b, times(b, w, factor), oihw) }
    return b.set(dx, blockedConv(b, inputs, spread, 1, oihw[1]!), 'blocked')
  }
  const back = inputGradientWindow(window)
  if (back) {
    const turned = b.transpose(flipped(b, w, window), oihw, [1, 0, 2, 3])
    return b.set(dx, b.op('Conv', [b.get(dy, 'nchw'), turned], convAttributes(back)), 'nchw')
  }
  const attributes = { ...convAttributes(window), output_padding: outputPadding(window) }
  b.set(dx, b.op('ConvTranspose', [b.get(dy, 'nchw'), w], attributes), 'nchw')
}

/** A filter, one output channel to a row, times a factor per output channel. */
const times = (b: Builder, filter: string, factor: string | undefined) =>
  factor === undefined ? filter : b.op('Mul', [filter, b.op('Reshape', [factor, b.int64([-1, 1, 1, 1])])])

/** dy in blocks with stride - 1 zeros after each row and column, which makes the gradient one of stride 1. */
function spreadOut(b: Builder, image: string, dy: PhysicalValue, { strides }: Window): string {
  if (strides.every(stride => stride === 1)) return image
  const [n, height, width, channels] = dy.shape as [number, number, number, number]
  const block = b.target.block
  const rows = b.reshape(image, [(n * channels) / block, height, 1, width, block])
  const zeros = [0, 0, strides[0] - 1, 0, block * (strides[1] - 1)]
  const padded = b.op('Pad', [rows, b.int64([0, 0, 0, 0, 0, ...zeros])])
  return b.reshape(padded, [n, channels, height * strides[0], width * strides[1]])
}

/** One product of dy [co, pixels] and the windows' contents [taps ci, pixels] for each image, then the sum over images. */
const conv2dFilterGradient: Rule = (node, b) => {
  const [x, dy] = node.inputs as [PhysicalValue, PhysicalValue]
  const filterShape = listOf(node, 'filterShape')
  const window = convWindow(node, x.shape, filterShape, false)
  const [kh, kw, ci, co] = filterShape as [number, number, number, number]
  const n = x.shape[0]!
  const pixels = window.output[0] * window.output[1]
  const columns = isPointwise(window) ? b.reshape(b.get(x, 'nchw'), [n, ci, pixels]) : tapColumns(b, x, window)
  const { name, factor } = b.scaled(dy, 'nchw')
  const gradient = { name: b.reshape(name, [n, co, pixels]), shape: [n, co, pixels] }
  const seen = { name: columns, shape: [n, kh * kw * ci, pixels] }
  // the product that has the more rows is the quicker
  const byOutput = co >= kh * kw * ci
  const [left, right] = byOutput ? [gradient, seen] : [seen, gradient]
  const product = matmul(b, { ...left, transposed: false }, { ...right, transposed: true })
  const sum = b.op('ReduceSum', [product, b.int64([0])], { keepdims: 0 })
  const oihw = b.reshape(byOutput ? swapped(b, sum, [co, kh * kw, ci]) : exchanged(b, sum, [kh * kw, ci, co]), [
    co,
    ci,
    kh,
    kw,
  ])
  b.set(node.outputs[0]!, times(b, oihw, factor), 'oihw')
}

/** [rows, a, c] as [rows, c, a]. */
const swapped = (b: Builder, name: string, shape: readonly number[]) =>
  b.transpose(b.reshape(name, shape), shape, [0, 2, 1])

/** [taps, ci, co] as [co, ci, taps], in two steps of whole runs: one Transpose takes ten times as long. */
function exchanged(b: Builder, name: string, [taps, ci, co]: readonly [number, number, number]): string {
  const matrix = b.transpose(b.reshape(name, [taps, ci * co]), [taps, ci * co], [1, 0])
  return b.transpose(b.reshape(matrix, [ci, co, taps]), [ci, co, taps], [1, 0, 2])
}

/** What every tap of the filter sees: [batch, taps ci, pixels], one strided slice of the padded input per tap. */
function tapColumns(b: Builder, x: PhysicalValue, window: Window): string {
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
function groupedFilter(b: Builder, filter: PhysicalValue): string {
  const [kh, kw, channels, multiplier] = filter.shape as [number, number, number, number]
  const perChannel = b.transpose(b.get(filter, 'oihw'), [multiplier, channels, kh, kw], [1, 0, 2, 3])
  return b.reshape(perChannel, [channels * multiplier, 1, kh, kw])
}

const depthwise: Rule = (node, b) => {
  const [x, filter] = node.inputs as [PhysicalValue, PhysicalValue]
  const window = convWindow(node, x.shape, filter.shape, true)
  const [bias, channels] = [node.inputs[2] ? [b.get(node.inputs[2])] : [], x.shape[3]!]
  const w = groupedFilter(b, filter)
  if (b.blocks(x) && filter.shape[3] === 1) {
    const inputs = {
      x: b.get(x, 'blocked'),
      filter: depthwiseFilter(b, w, [channels, ...window.kernel]),
      offset: bias[0],
    }
    return b.set(node.outputs[0]!, blockedConv(b, inputs, window, channels, channels), 'blocked')
  }
  b.set(node.outputs[0]!, b.op('Conv', [b.get(x, 'nchw'), w, ...bias], convAttributes(window, channels)), 'nchw')
}

const depthwiseInputGradient: Rule = (node, b) => {
  const [dy, filter] = node.inputs as [PhysicalValue, PhysicalValue]
  const dx = node.outputs[0]!
  const window = convWindow(node, listOf(node, 'inputShape'), filter.shape, true)
  const [w, channels] = [groupedFilter(b, filter), filter.shape[2]!]
  const single = filter.shape[3] === 1
  const spread = spreadWindow(window)
  if (single && spread && b.blocks(dx)) {
    const { name, factor } = b.scaled(dy, 'blocked')
    const blocked = depthwiseFilter(b, flipped(b, times(b, w, factor), window), [channels, ...window.kernel])
    const inputs = { x: spreadOut(b, name, dy, window), filter: blocked }
    return b.set(dx, blockedConv(b, inputs, spread, channels, channels), 'blocked')
  }
  const back = inputGradientWindow(window)
  if (back && single)
    return b.set(dx, b.op('Conv', [b.get(dy, 'nchw'), flipped(b, w, window)], convAttributes(back, channels)), 'nchw')
  const attributes = { ...convAttributes(window, channels), output_padding: outputPadding(window) }
  b.set(dx, b.op('ConvTranspose', [b.get(dy, 'nchw'), w], attributes), 'nchw')
}

/** Every image's channel convolved with its own dy as the filter, then the sum over images. */
const depthwiseFilterGradient: Rule = (node, b) => {
  const [x, dy] = node.inputs as [PhysicalValue, PhysicalValue]
  const filterShape = listOf(node, 'filterShape')
  const window = convWindow(node, x.shape, filterShape, true)
  const back = filterGradientWindow(window)
  const [kh, kw, channels, multiplier] = filterShape as [number, number, number, number]
  const n = x.shape[0]!
  if (multiplier === 1 && b.blocks(x)) {
    const { name, factor } = b.scaled(dy, 'blocked')
    const taps = blockedTaps(b, x, name, window)
    const sum = b.op('ReduceSum', [taps, b.int64([0])], { keepdims: 0 })
    const block = b.target.block
    const split = b.reshape(sum, [channels / block, kh * kw, block])
    const grouped = b.reshape(b.op('Transpose', [split], { perm: [0, 2, 1] }), [channels, 1, kh, kw])
    return b.set(node.outputs[0]!, b.reshape(times(b, grouped, factor), [1, channels, kh, kw]), 'oihw')
  }
  const image = b.reshape(b.get(x, 'nchw'), [1, n * channels, ...window.input])
  const filters = b.reshape(b.get(dy, 'nchw'), [n * channels * multiplier, 1, ...window.output])
  const whole = b.op('Conv', [image, filters], convAttributes(back, n * channels))
  const cut = cutTo(b, whole, back.output, [kh, kw])
  const sum = b.op('ReduceSum', [b.reshape(cut, [n, channels, multiplier, kh, kw]), b.int64([0])], { keepdims: 0 })
  b.set(node.outputs[0]!, b.transpose(sum, [channels, multiplier, kh, kw], [1, 0, 2, 3]), 'oihw')
}

/**
 * The products of an image's channel with its dy for every tap, in blocks: [batch, channels/b, kh kw, b]. The columns are padded
 * beforehand, not by the convolution: it computes what touches its own padding one by one, twice as slowly.
 */
function blockedTaps(b: Builder, x: PhysicalValue, dy: string, window: Window): string {
  const back = filterGradientWindow(window)
  const [n, height, width, channels] = x.shape as [number, number, number, number]
  const [block, lanes] = [b.target.block, n * channels]
  const [left, right] = [back.before[1], back.after[1]]
  const image = b.reshape(b.get(x, 'blocked'), [(lanes * height) / block, width * block])
  const padded = left + right === 0 ? image : b.op('Pad', [image, b.int64([0, left * block, 0, right * block])])
  const view = b.reshape(padded, [1, lanes, height, left + width + right])
  const filter = b.reshape(dy, [lanes, 1, ...window.output])
  const widened: Window = { ...back, before: [back.before[0], 0], after: [back.after[0], 0] }
  const taps = blockedConv(b, { x: view, filter }, widened, lanes, lanes)
  const [rows, columns] = back.output
  const [kh, kw] = window.kernel
  const blocks = [n, channels / block, rows, columns * block]
  const cut =
    rows === kh && columns === kw
      ? taps
      : b.op('Slice', [b.reshape(taps, blocks), b.int64([0, 0]), b.int64([kh, kw * block]), b.int64([2, 3])])
  return b.reshape(cut, [n, channels / block, kh * kw, block])
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
