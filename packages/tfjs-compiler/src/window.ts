/** The sliding window of a convolution or a pooling: tfjs's attributes resolved to numbers. */
import { backend_util } from '@tensorflow/tfjs-core'
import { pairOf } from './attributes.js'
import type { GraphNode } from './graph/graph.js'

export interface Window {
  readonly kernel: readonly [number, number]
  readonly strides: readonly [number, number]
  readonly dilations: readonly [number, number]
  /** Top and left, bottom and right. */
  readonly before: readonly [number, number]
  readonly after: readonly [number, number]
  /** Height and width of the input and of the output. */
  readonly input: readonly [number, number]
  readonly output: readonly [number, number]
}

type Shape4 = [number, number, number, number]

/** The window of a convolution kernel (forward or gradient) over an input of `inputShape` with a filter HWIO. */
export function convWindow(
  node: GraphNode,
  inputShape: readonly number[],
  filterShape: readonly number[],
  depthwise: boolean,
): Window {
  const dataFormat = node.attributes.dataFormat ?? 'NHWC'
  if (dataFormat !== 'NHWC')
    throw new Error(`${node.op}: has a lowering for data format NHWC, found ${String(dataFormat)}`)
  const strides = pairOf(node, 'strides', 1)
  const dilations = pairOf(node, 'dilations', 1)
  const [input, filter] = [[...inputShape] as Shape4, [...filterShape] as Shape4]
  return resolved(
    backend_util.computeConv2DInfo(input, filter, strides, dilations, padding(node), rounding(node), depthwise),
  )
}

/** The window of a pooling kernel (forward or gradient). */
export function poolWindow(node: GraphNode, inputShape: readonly number[]): Window {
  const [input, filter, strides] = [
    [...inputShape] as Shape4,
    pairOf(node, 'filterSize', 1),
    pairOf(node, 'strides', 1),
  ]
  return resolved(backend_util.computePool2DInfo(input, filter, strides, 1, padding(node), rounding(node)))
}

function resolved(info: backend_util.Conv2DInfo): Window {
  const { top, left, bottom, right } = info.padInfo
  return {
    kernel: [info.filterHeight, info.filterWidth],
    strides: [info.strideHeight, info.strideWidth],
    dilations: [info.dilationHeight, info.dilationWidth],
    before: [top, left],
    after: [bottom, right],
    input: [info.inHeight, info.inWidth],
    output: [info.outHeight, info.outWidth],
  }
}

/** `same`, `valid`, a number, or pairs for N, H, W, C, nested or flat. */
function padding(node: GraphNode): 'same' | 'valid' | number | backend_util.ExplicitPadding {
  const pad = node.attributes.pad
  if (pad === 'same' || pad === 'valid' || typeof pad === 'number') return pad
  if (!Array.isArray(pad))
    throw new Error(`${node.op}: attribute pad should be same, valid, a number or pairs, found ${String(pad)}`)
  const flat = (pad as unknown[]).flat().map(Number)
  return [0, 2, 4, 6].map(start => [flat[start], flat[start + 1]]) as backend_util.ExplicitPadding
}

function rounding(node: GraphNode): 'floor' | 'round' | 'ceil' | undefined {
  const mode = node.attributes.dimRoundingMode
  return mode === 'floor' || mode === 'round' || mode === 'ceil' ? mode : undefined
}

export const isPointwise = ({ kernel, strides, before, after }: Window): boolean =>
  [...kernel, ...strides].every(extent => extent === 1) && [...before, ...after].every(extent => extent === 0)

/** The window of the gradient by the input, where it is a plain convolution of dy with the flipped filter: stride 1. */
export function inputGradientWindow(window: Window): Window | undefined {
  const { kernel, dilations, strides, before, after, input, output } = window
  const reach = [0, 1].map(side => (kernel[side]! - 1) * dilations[side]!)
  const [top, left] = [reach[0]! - before[0], reach[1]! - before[1]]
  const [bottom, right] = [reach[0]! - after[0], reach[1]! - after[1]]
  if (strides.some(stride => stride !== 1) || Math.min(top, left, bottom, right) < 0) return undefined
  return {
    kernel,
    strides: [1, 1],
    dilations,
    before: [top, left],
    after: [bottom, right],
    input: output,
    output: input,
  }
}

/**
 * The same where dy is first spread out, stride - 1 zeros after every row and column: a stride of 1 then, with less padding at
 * the end for the zeros that follow the last row, or a little more for rows that the forward pass left out.
 */
export function spreadWindow(window: Window): Window | undefined {
  const { kernel, strides, dilations, before, input, output } = window
  const spread = [output[0] * strides[0], output[1] * strides[1]] as const
  const start = ([0, 1] as const).map(side => (kernel[side] - 1) * dilations[side] - before[side]) as [number, number]
  const end = ([0, 1] as const).map(
    side => input[side] - spread[side] - start[side] + (kernel[side] - 1) * dilations[side],
  ) as [number, number]
  if (Math.min(...start, ...end) < 0) return undefined
  return { kernel, strides: [1, 1], dilations, before: start, after: end, input: spread, output: input }
}

/**
 * The window of the gradient by the filter: x convolved with dy as the filter, the stride and the dilation exchanged. The
 * result is at least as large as the filter (`output`), larger where the forward pass left the last rows or columns out.
 */
export function filterGradientWindow({ kernel, strides, dilations, before, input, output }: Window): Window {
  const missing = ([0, 1] as const).map(
    side => (kernel[side] - 1) * dilations[side] + (output[side] - 1) * strides[side] + 1 - input[side] - before[side],
  )
  const after = missing.map(pad => Math.max(0, pad)) as [number, number]
  const size = ([0, 1] as const).map(
    side =>
      Math.floor(
        (input[side] + before[side] + after[side] - (output[side] - 1) * strides[side] - 1) / dilations[side],
      ) + 1,
  ) as [number, number]
  return { kernel: output, strides: dilations, dilations: strides, before, after, input, output: size }
}

/** A window of its own, without padding, stride or dilation. */
export function windowOf(kernel: readonly [number, number], input: readonly number[]): Window {
  const [height, width] = input as [number, number]
  const output = [height - kernel[0] + 1, width - kernel[1] + 1] as const
  return { kernel, strides: [1, 1], dilations: [1, 1], before: [0, 0], after: [0, 0], input: [height, width], output }
}
