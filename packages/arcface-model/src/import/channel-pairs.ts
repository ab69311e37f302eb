/*
 * Convolutions in groups of two channels: PyTorch has channels 2g and 2g + 1 in group g, and a filter [channels, 2, height, width] over both.
 * Ours has the firsts of all groups before all seconds, and two depthwise filters (see pairwise in networks/mobilefacenet.ts).
 */
import type { LayerNames } from './name-table.js'

/**
 * Of a filter over two channels the part that is over a channel's own, or over the other of its pair; channels stay as they are.
 *
 * @param stored `[channels, 2, height, width]`
 * @returns `[height, width, channels, 1]`
 */
export function halfOfFilter(stored: Float32Array, channels: number, half: 'own' | 'other'): Float32Array {
  const values = new Float32Array(stored.length / 2)
  const pixels = values.length / channels
  for (let channel = 0; channel < channels; channel++) {
    const input = half === 'own' ? channel % 2 : 1 - (channel % 2)
    for (let pixel = 0; pixel < pixels; pixel++)
      values[pixel * channels + channel] = stored[(channel * 2 + input) * pixels + pixel]!
  }
  return values
}

/** Brings channels in pairs, on the axes of a variable that have them, into halves. */
export function inHalves(
  values: Float32Array,
  shape: readonly number[],
  paired: NonNullable<LayerNames['paired']>,
): Float32Array {
  return pairedAxes(shape, paired).reduce((moved, axis) => axisInHalves(moved, shape, axis), values)
}

/** A filter is `[height, width, inputs, outputs]`, a depthwise one `[height, width, channels, 1]`; a vector has a number for each output. */
function pairedAxes(shape: readonly number[], paired: NonNullable<LayerNames['paired']>): number[] {
  if (shape.length === 1) return paired === 'inputs' ? [] : [0]
  return [...(paired === 'outputs' ? [] : [2]), ...(paired === 'inputs' || shape[3] === 1 ? [] : [3])]
}

function axisInHalves(values: Float32Array, shape: readonly number[], axis: number): Float32Array {
  const channels = shape[axis]!
  const inner = shape.slice(axis + 1).reduce((product, extent) => product * extent, 1)
  const moved = new Float32Array(values.length)
  for (let at = 0; at < values.length; at++) {
    const channel = Math.floor(at / inner) % channels
    const to = Math.floor(channel / 2) + (channel % 2) * (channels / 2)
    moved[at + (to - channel) * inner] = values[at]!
  }
  return moved
}
