/** Convolutions and their gradients, in NCHW with filters OIHW. */

import { listOf } from '../../../attributes.js'
import type { convolutionKernels } from '../../../kernels/convolution.js'
import {
  convWindow,
  filterGradientWindow,
  inputGradientWindow,
  isPointwise,
  spreadWindow,
  type Window,
} from '../../../window.js'
import { blockedConv, blockedFilter, depthwiseFilter, exchangedFilter, pictureFilter } from '../blocked-convolution.js'
import { type PhysicalValue, physicalShape } from '../physical-graph.js'
import type { OnnxRule, OnnxRules, Write } from '../rule.js'
import { convAttributes, outputPadding } from '../window-attributes.js'
import type { Writer } from '../writer.js'
import { matmul } from './matmul.js'

const inBlocks = (value: PhysicalValue | undefined) => value?.layout === 'blocked'

/** In blocks where onnxruntime has them; a picture's few channels go in as they are. Else ONNX's Conv. */
const conv2d: OnnxRule = {
  layout: { inputs: ['image', 'filter'], output: 'image' },
  blocks({ inputs: [x], outputs: [y] }, { can, operators }) {
    if (!can(y!)) return undefined
    if (can(x!)) return { inputs: [0], output: true }
    return x!.shape[3]! < operators.block ? { inputs: [], output: true } : undefined
  },
  write(node, b) {
    const [x, filter] = node.inputs as [PhysicalValue, PhysicalValue]
    const output = node.outputs[0]!
    const window = convWindow(node, x.shape, filter.shape, false)
    const [w, oihw] = [b.get(filter), physicalShape(filter)]
    if (!inBlocks(output)) return b.set(output, b.op('Conv', [b.get(x), w], convAttributes(window)))
    const lying = inBlocks(x) ? blockedFilter(b, w, oihw) : pictureFilter(b, w, oihw)
    b.set(output, blockedConv(b, { x: b.get(x), filter: lying }, window, 1, oihw[0]!))
  },
}

/** Height and width reversed. */
function flipped(b: Writer, filter: string, window: Window): string {
  if (window.kernel.every(extent => extent === 1)) return filter
  const [axes, back, end] = [b.int64([2, 3]), b.int64([-1, -1]), b.int64([-(2 ** 31), -(2 ** 31)])]
  return b.op('Slice', [filter, back, end, axes, back])
}

/**
 * dy convolved with the flipped filter, input and output channels exchanged; where the stride is not 1 over dy spread out by it,
 * or, if no blocks are to be had, by ONNX's ConvTranspose.
 */
const conv2dInputGradient: OnnxRule = {
  layout: { inputs: ['image', 'filter'], output: 'image' },
  blocks(node, { can }) {
    const [dy, filter] = node.inputs
    const spread = spreadWindow(convWindow(node, listOf(node, 'inputShape'), filter!.shape, false))
    return spread && can(dy!) && can(node.outputs[0]!) ? { inputs: [0], output: true } : undefined
  },
  takesFactor: node => inBlocks(node.outputs[0]),
  write(node, b) {
    const [dy, filter, factor] = node.inputs as [PhysicalValue, PhysicalValue, PhysicalValue?]
    const dx = node.outputs[0]!
    const window = convWindow(node, listOf(node, 'inputShape'), filter.shape, false)
    const [w, oihw] = [b.get(filter), physicalShape(filter)]
    if (inBlocks(dx)) {
      const turned = exchangedFilter(b, times(b, w, factor), oihw)
      const inputs = { x: spreadOut(b, b.get(dy), dy, window), filter: turned }
      return b.set(dx, blockedConv(b, inputs, spreadWindow(window)!, 1, oihw[1]!))
    }
    const back = inputGradientWindow(window)
    if (back) {
      const turned = b.transpose(flipped(b, w, window), oihw, [1, 0, 2, 3])
      return b.set(dx, b.op('Conv', [b.get(dy), turned], convAttributes(back)))
    }
    const attributes = { ...convAttributes(window), output_padding: outputPadding(window) }
    b.set(dx, b.op('ConvTranspose', [b.get(dy), w], attributes))
  },
}

/** A filter, one output channel to a row, times a factor per output channel. */
const times = (b: Writer, filter: string, factor: PhysicalValue | undefined) =>
  factor === undefined ? filter : b.op('Mul', [filter, b.op('Reshape', [b.get(factor), b.int64([-1, 1, 1, 1])])])

/** dy in blocks with stride - 1 zeros after each row and column, which makes the gradient one of stride 1. */
function spreadOut(b: Writer, image: string, dy: PhysicalValue, { strides }: Window): string {
  if (strides.every(stride => stride === 1)) return image
  const [n, height, width, channels] = dy.shape as [number, number, number, number]
  const block = b.operators.block
  const rows = b.reshape(image, [(n * channels) / block, height, 1, width, block])
  const zeros = [0, 0, strides[0] - 1, 0, block * (strides[1] - 1)]
  const padded = b.op('Pad', [rows, b.int64([0, 0, 0, 0, 0, ...zeros])])
  return b.reshape(padded, [n, channels, height * strides[0], width * strides[1]])
}

/**
 * For each tap of the filter one product of dy [co, pixels] and what the tap sees [ci, pixels], image by image, then the sum over
 * images; or, where that moves fewer bytes, one product for all images, whose channels are put first.
 */
const conv2dFilterGradient: Write = (node, b) => {
  const [x, dy, factor] = node.inputs as [PhysicalValue, PhysicalValue, PhysicalValue?]
  const filterShape = listOf(node, 'filterShape')
  const window = convWindow(node, x.shape, filterShape, false)
  const [kh, kw, ci, co] = filterShape as [number, number, number, number]
  const n = x.shape[0]!
  const pixels = window.output[0] * window.output[1]
  const together = ci * window.input[0] * window.input[1] + co * pixels < co * ci * kh * kw
  const [image, gradient] = together ? [channelsFirst(b, x), channelsFirst(b, dy)] : [b.get(x), b.get(dy)]
  const stack = (name: string, rows: number) => {
    const shape = together ? [1, rows, n * pixels] : [n, rows, pixels]
    return { name: b.reshape(name, shape), shape }
  }
  const y = stack(gradient, co)
  const products = tapsOf(b, image, window).map(tap => {
    const seen = stack(tap, ci)
    // the product that has the more rows is the quicker
    const [left, right] = co >= ci ? [y, seen] : [seen, y]
    const product = matmul(b, { ...left, transposed: false }, { ...right, transposed: true })
    return together ? product : b.op('ReduceSum', [product, b.int64([0])], { keepdims: 1 })
  })
  const taps = products.length === 1 ? products[0]! : b.op('Concat', products, { axis: 0 })
  const oihw = co >= ci ? tapsLast(b, taps, [kh * kw, co, ci]) : exchanged(b, taps, [kh * kw, ci, co])
  b.set(node.outputs[0]!, times(b, b.reshape(oihw, [co, ci, kh, kw]), factor))
}

/** [taps, co, ci] as [co, ci, taps]. */
const tapsLast = (b: Writer, name: string, [taps, co, ci]: readonly [number, number, number]) =>
  b.transpose(b.reshape(name, [taps, co * ci]), [taps, co * ci], [1, 0])

/** [taps, ci, co] as [co, ci, taps], in two steps of whole runs: one Transpose takes ten times as long. */
function exchanged(b: Writer, name: string, [taps, ci, co]: readonly [number, number, number]): string {
  const matrix = b.transpose(b.reshape(name, [taps, ci * co]), [taps, ci * co], [1, 0])
  return b.transpose(b.reshape(matrix, [ci, co, taps]), [ci, co, taps], [1, 0, 2])
}

/** [n, c, h, w] as [c, n, h, w]: whole images move. */
function channelsFirst(b: Writer, image: PhysicalValue): string {
  const [n, height, width, channels] = image.shape as [number, number, number, number]
  return b.transpose(b.get(image), [n, channels, height, width], [1, 0, 2, 3])
}

/** What every tap of the filter sees of images [.., .., h, w]: one strided slice of the padded input per tap. */
function tapsOf(b: Writer, image: string, window: Window): string[] {
  if (isPointwise(window)) return [image]
  const { kernel, strides, dilations, before, after, output } = window
  const padded = [...before, ...after].every(pad => pad === 0)
    ? image
    : b.op('Pad', [image, b.int64([0, 0, ...before, 0, 0, ...after])])
  return Array.from({ length: kernel[0] * kernel[1] }, (_, tap) => {
    const starts = [Math.floor(tap / kernel[1]) * dilations[0], (tap % kernel[1]) * dilations[1]]
    const ends = starts.map((start, side) => start + (output[side]! - 1) * strides[side]! + 1)
    return b.op('Slice', [padded, b.int64(starts), b.int64(ends), b.int64([2, 3]), b.int64(strides)])
  })
}

/** A depthwise filter HWCM as Conv wants it: [C M, 1, H, W], an input channel's outputs side by side. */
function groupedFilter(b: Writer, filter: PhysicalValue): string {
  const [kh, kw, channels, multiplier] = filter.shape as [number, number, number, number]
  const perChannel = b.transpose(b.get(filter), [multiplier, channels, kh, kw], [1, 0, 2, 3])
  return b.reshape(perChannel, [channels * multiplier, 1, kh, kw])
}

const depthwise: OnnxRule = {
  layout: { inputs: ['image', 'filter'], output: 'image' },
  blocks({ inputs: [x, filter], outputs: [y] }, { can }) {
    return can(x!) && can(y!) && filter!.shape[3] === 1 ? { inputs: [0], output: true } : undefined
  },
  write(node, b) {
    const [x, filter] = node.inputs as [PhysicalValue, PhysicalValue]
    const output = node.outputs[0]!
    const window = convWindow(node, x.shape, filter.shape, true)
    const [w, channels] = [groupedFilter(b, filter), x.shape[3]!]
    if (!inBlocks(output)) return b.set(output, b.op('Conv', [b.get(x), w], convAttributes(window, channels)))
    const lying = depthwiseFilter(b, w, [channels, ...window.kernel])
    b.set(output, blockedConv(b, { x: b.get(x), filter: lying }, window, channels, channels))
  },
}

const depthwiseInputGradient: OnnxRule = {
  layout: { inputs: ['image', 'filter'], output: 'image' },
  blocks(node, { can }) {
    const [dy, filter] = node.inputs
    const spread = spreadWindow(convWindow(node, listOf(node, 'inputShape'), filter!.shape, true))
    const fits = spread && filter!.shape[3] === 1 && can(dy!) && can(node.outputs[0]!)
    return fits ? { inputs: [0], output: true } : undefined
  },
  takesFactor: node => inBlocks(node.outputs[0]),
  write(node, b) {
    const [dy, filter, factor] = node.inputs as [PhysicalValue, PhysicalValue, PhysicalValue?]
    const dx = node.outputs[0]!
    const window = convWindow(node, listOf(node, 'inputShape'), filter.shape, true)
    const [w, channels] = [groupedFilter(b, filter), filter.shape[2]!]
    if (inBlocks(dx)) {
      const turned = depthwiseFilter(b, flipped(b, times(b, w, factor), window), [channels, ...window.kernel])
      const inputs = { x: spreadOut(b, b.get(dy), dy, window), filter: turned }
      return b.set(dx, blockedConv(b, inputs, spreadWindow(window)!, channels, channels))
    }
    const back = inputGradientWindow(window)
    if (back && filter.shape[3] === 1)
      return b.set(dx, b.op('Conv', [b.get(dy), flipped(b, w, window)], convAttributes(back, channels)))
    const attributes = { ...convAttributes(window, channels), output_padding: outputPadding(window) }
    b.set(dx, b.op('ConvTranspose', [b.get(dy), w], attributes))
  },
}

/** Every image's channel convolved with its own dy as the filter, then the sum over images. */
const depthwiseFilterGradient: OnnxRule = {
  layout: { inputs: ['image', 'image'], output: 'filter' },
  blocks(node, { can }) {
    const [x, dy] = node.inputs
    const fits = listOf(node, 'filterShape')[3] === 1 && can(x!) && can(dy!)
    return fits ? { inputs: [0, 1], output: false } : undefined
  },
  takesFactor: node => inBlocks(node.inputs[1]),
  write(node, b) {
    const [x, dy, factor] = node.inputs as [PhysicalValue, PhysicalValue, PhysicalValue?]
    const filterShape = listOf(node, 'filterShape')
    const window = convWindow(node, x.shape, filterShape, true)
    const back = filterGradientWindow(window)
    const [kh, kw, channels, multiplier] = filterShape as [number, number, number, number]
    const n = x.shape[0]!
    if (inBlocks(x)) {
      const taps = blockedTaps(b, x, b.get(dy), window)
      const sum = b.op('ReduceSum', [taps, b.int64([0])], { keepdims: 0 })
      const block = b.operators.block
      const split = b.reshape(sum, [channels / block, kh * kw, block])
      const grouped = b.reshape(b.op('Transpose', [split], { perm: [0, 2, 1] }), [channels, 1, kh, kw])
      return b.set(node.outputs[0]!, b.reshape(times(b, grouped, factor), [1, channels, kh, kw]))
    }
    const image = b.reshape(b.get(x), [1, n * channels, ...window.input])
    const filters = b.reshape(b.get(dy), [n * channels * multiplier, 1, ...window.output])
    const whole = b.op('Conv', [image, filters], convAttributes(back, n * channels))
    const cut = cutTo(b, whole, back.output, [kh, kw])
    const sum = b.op('ReduceSum', [b.reshape(cut, [n, channels, multiplier, kh, kw]), b.int64([0])], { keepdims: 0 })
    b.set(node.outputs[0]!, b.transpose(sum, [channels, multiplier, kh, kw], [1, 0, 2, 3]))
  },
}

/**
 * The products of an image's channel with its dy for every tap, in blocks: [batch, channels/b, kh kw, b]. The columns are padded
 * beforehand, not by the convolution: it computes what touches its own padding one by one, twice as slowly.
 */
function blockedTaps(b: Writer, x: PhysicalValue, dy: string, window: Window): string {
  const back = filterGradientWindow(window)
  const [n, height, width, channels] = x.shape as [number, number, number, number]
  const [block, lanes] = [b.operators.block, n * channels]
  const [left, right] = [back.before[1], back.after[1]]
  const image = b.reshape(b.get(x), [(lanes * height) / block, width * block])
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
function cutTo(b: Writer, name: string, from: readonly number[], to: readonly number[]): string {
  if (from.every((extent, side) => extent === to[side])) return name
  return b.op('Slice', [name, b.int64([0, 0]), b.int64(to), b.int64([2, 3])])
}

export const convolutionRules: OnnxRules<typeof convolutionKernels> = {
  Conv2D: conv2d,
  Conv2DBackpropFilter: {
    layout: { inputs: ['image', 'image'], output: 'filter' },
    takesFactor: () => true,
    write: conv2dFilterGradient,
  },
  Conv2DBackpropInput: conv2dInputGradient,
  DepthwiseConv2dNative: depthwise,
  DepthwiseConv2dNativeBackpropFilter: depthwiseFilterGradient,
  DepthwiseConv2dNativeBackpropInput: depthwiseInputGradient,
}
