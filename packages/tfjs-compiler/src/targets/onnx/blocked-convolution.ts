/**
 * onnxruntime's blocked convolutions, domain `com.microsoft.nchwc`: a tensor declared [N, C, H, W] holds [N, C/b, H, W, b], b
 * channels to a block. Filters lie in memory as
 *
 *     dense      [co/b, ci/b, kh, kw, b of ci, b of co]   declared [co, ci, kh, kw]
 *     from NCHW  [co/b, ci, kh, kw, b of co]              the input not in blocks: a picture's 3 channels
 *     depthwise  [c/b, kh, kw, b]                         declared [c, 1, kh, kw]
 *
 * A conv computes activation(x * filter + offset + sum).
 */

import type { Window } from '../../window.js'
import type { OnnxAttribute } from './model-file.js'
import { convAttributes } from './window-attributes.js'
import type { Writer } from './writer.js'

const DOMAIN = 'com.microsoft.nchwc'

export interface ConvInputs {
  readonly x: string
  readonly filter: string
  readonly offset?: string
  readonly sum?: string
}

export function blockedConv(
  b: Writer,
  { x, filter, offset, sum }: ConvInputs,
  window: Window,
  group: number,
  channels: number,
  activation: Record<string, OnnxAttribute> = {},
): string {
  const inputs = [x, filter]
  if (offset !== undefined || sum !== undefined) inputs.push(offset ?? b.uniform(0, channels))
  if (sum !== undefined) inputs.push(sum)
  return b.operator(DOMAIN, 'Conv', inputs, { ...convAttributes(window, group), ...activation }, 1)[0]!
}

/** The mean over height and width: [N, C, 1, 1], in memory [N, C]. */
export function blockedMean(b: Writer, x: string): string {
  return b.operator(DOMAIN, 'GlobalAveragePool', [x], {}, 1)[0]!
}

/**
 * A filter [co, ci, kh, kw], both channels in blocks. In three steps, each of which moves whole runs: one Transpose of five axes
 * takes ten times as long.
 */
export function blockedFilter(b: Writer, filter: string, shape: readonly number[]): string {
  const [co, ci, kh, kw] = shape as [number, number, number, number]
  const taps = b.reshape(tapsFirst(b, filter, shape), [kh * kw, co, ci, 1])
  return tapsInside(b, b.operator(DOMAIN, 'ReorderInput', [taps], {}, 1)[0]!, [co, ci, kh, kw])
}

/**
 * The same, the roles of input and output exchanged and height and width reversed: what the gradient by the input convolves dy
 * with.
 */
export function exchangedFilter(b: Writer, filter: string, shape: readonly number[]): string {
  const [co, ci, kh, kw] = shape as [number, number, number, number]
  const taps = tapsFirst(b, filter, shape)
  const [back, end] = [b.int64([-1]), b.int64([-(2 ** 31)])]
  const flipped = kh * kw === 1 ? taps : b.op('Slice', [taps, back, end, b.int64([0]), back])
  const lying = b.reshape(flipped, [kh * kw, co, 1, ci])
  return tapsInside(b, b.operator(DOMAIN, 'ReorderInput', [lying], { channels_last: 1 }, 1)[0]!, [ci, co, kh, kw])
}

/** [co, ci, kh, kw] as [kh kw, co ci]. */
function tapsFirst(b: Writer, filter: string, [co, ci, kh, kw]: readonly number[]): string {
  return b.transpose(b.reshape(filter, [co! * ci!, kh! * kw!]), [co! * ci!, kh! * kw!], [1, 0])
}

/** [kh kw, pairs of blocks, b b] as a filter: [pairs of blocks, kh kw, b b]. */
function tapsInside(b: Writer, taps: string, [co, ci, kh, kw]: readonly number[]): string {
  const pair = b.operators.block ** 2
  const shape = [kh! * kw!, (co! * ci!) / pair, pair]
  return b.reshape(b.transpose(b.reshape(taps, shape), shape, [1, 0, 2]), [co!, ci!, kh!, kw!])
}

/** A filter [co, ci, kh, kw] for an input in NCHW. */
export function pictureFilter(b: Writer, filter: string, [co, ci, kh, kw]: readonly number[]): string {
  const block = b.operators.block
  const split = b.reshape(filter, [co! / block, block, ci! * kh! * kw!])
  return b.reshape(b.op('Transpose', [split], { perm: [0, 2, 1] }), [co!, ci!, kh!, kw!])
}

/** A filter [c, 1, kh, kw], and back. */
export function depthwiseFilter(b: Writer, filter: string, [c, kh, kw]: readonly [number, number, number]): string {
  const split = b.reshape(filter, [c / b.operators.block, b.operators.block, kh * kw])
  return b.reshape(b.op('Transpose', [split], { perm: [0, 2, 1] }), [c, 1, kh, kw])
}
