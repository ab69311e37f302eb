import { DataError } from '@tiny-face/safe-files'
import type { WeightFile } from '@tiny-face/weight-files'
import type { Variable } from '../scope.js'
import { halfOfFilter, inHalves } from './channel-pairs.js'
import type { LayerSource, NormSource } from './layer-source.js'
import { isDepthwise, type Part } from './layers.js'
import type { WeightOrder } from './name-table.js'

type SourceFile = Pick<WeightFile, 'file' | 'read'>

/** Of every batch norm of ours. */
const EPSILON = 1e-5

/**
 * The variables of one of our layers, computing what the source's layers do:
 *
 * - An epsilon that is not ours goes into the variance: (variance + theirs - ours) + ours.
 * - A bias of a convolution goes into the mean behind it: (x + bias) - mean = x - (mean - bias).
 * - A scale where ours has none goes into the dense weights before: scale (W x + b - mean) = (scale W) x + scale b - scale mean.
 * - Channels that lie in pairs there lie in halves here: channel-pairs.ts.
 * - A batch norm that was folded into its convolution is one that changes nothing, but for the bias that was left: its offset. One of which
 *   a scale and an offset are left does what these do: scale (x + bias) + offset = scale x + (scale bias + offset).
 *
 * @returns values by the layer's parts, in tfjs's own layout
 * @throws DataError where the file is damaged, or a variance negative
 */
export function convertLayer(source: LayerSource, file: SourceFile): Map<Part, Float32Array> {
  const { layer, identity } = source
  const { variables } = layer
  if (identity) return identityLayer(source)
  const read = (tensor: string | undefined) => (tensor === undefined ? undefined : file.read(tensor))
  const values = new Map<Part, Float32Array>()
  const filter = variables.get('filter') ?? variables.get('weights')
  if (filter !== undefined) {
    const stored = read(source.weights)!
    const part = variables.has('filter') ? 'filter' : 'weights'
    values.set(part, filterOf(stored, filter, source))
  }
  const bias = read(source.bias)
  if (variables.has('bias')) values.set('bias', bias ?? new Float32Array(variables.get('bias')!.shape[0]!))
  const channels = variables.get('mean')?.shape[0]
  if (channels !== undefined) {
    const norm = normOf(source.norm, file, channels)
    if (bias !== undefined && !variables.has('bias')) {
      if (source.norm?.mean === undefined)
        for (let i = 0; i < channels; i++) norm.offset[i]! += norm.scale[i]! * bias[i]!
      else for (let i = 0; i < channels; i++) norm.mean[i]! -= bias[i]!
    }
    if (!variables.has('scale')) moveScale(norm, values)
    for (const part of ['scale', 'offset', 'mean', 'variance'] as const)
      if (variables.has(part)) values.set(part, norm[part])
  }
  if (variables.has('slope')) values.set('slope', read(source.slope)!)
  if (source.paired)
    for (const [part, numbers] of values) values.set(part, inHalves(numbers, variables.get(part)!.shape, source.paired))
  return values
}

function filterOf(stored: Float32Array, filter: Variable, { order, half }: LayerSource): Float32Array {
  if (half !== undefined) return halfOfFilter(stored, filter.shape[2]!, half)
  return order === 'hwio' ? stored : inTfjsOrder(stored, order, filter.shape, isDepthwise(filter))
}

interface Norm {
  readonly scale: Float32Array
  readonly offset: Float32Array
  readonly mean: Float32Array
  readonly variance: Float32Array
}

/** The source's batch norm with our epsilon. */
function normOf(source: NormSource | undefined, file: SourceFile, channels: number): Norm {
  const read = (tensor: string | undefined) => (tensor === undefined ? undefined : file.read(tensor))
  const filled = (value: number) => new Float32Array(channels).fill(value)
  const scale = (source?.scaleIsOne ? undefined : read(source?.scale)) ?? filled(1)
  const offset = read(source?.offset) ?? filled(0)
  if (source?.mean === undefined) return { scale, offset, mean: filled(0), variance: filled(1 - EPSILON) }
  const mean = read(source.mean)!
  const variance = read(source.variance)!
  const negative = variance.find(value => value < 0)
  if (negative !== undefined)
    throw new DataError({
      file: file.file,
      expected: `finite numbers of at least 0 in ${source.variance}`,
      found: `${negative}`,
    })
  for (let i = 0; i < channels; i++) {
    const wanted = variance[i]! + source.epsilon
    variance[i] = Math.max(0, wanted - EPSILON)
    // Only where their epsilon is below ours and the variance is next to nothing.
    if (wanted < EPSILON) scale[i]! *= Math.sqrt(EPSILON / wanted)
  }
  return { scale, offset, mean, variance }
}

/** Puts a scale that ours has no variable for into the dense weights before it. */
function moveScale({ scale, mean }: Norm, values: Map<Part, Float32Array>): void {
  const weights = values.get('weights')
  const bias = values.get('bias')
  if (scale.every(value => value === 1)) return
  if (weights === undefined || bias === undefined)
    throw new Error('internal: a fixed scale without a dense layer before it')
  const units = scale.length
  for (let i = 0; i < weights.length; i++) weights[i]! *= scale[i % units]!
  for (let i = 0; i < units; i++) {
    bias[i]! *= scale[i]!
    mean[i]! *= scale[i]!
  }
  scale.fill(1)
}

/** A 1x1 convolution and a batch norm that give back what they take. */
function identityLayer({ layer }: LayerSource): Map<Part, Float32Array> {
  const values = new Map<Part, Float32Array>()
  for (const [part, { shape }] of layer.variables) {
    const numbers = new Float32Array(shape.reduce((product, extent) => product * extent, 1))
    if (part === 'filter') for (let i = 0; i < shape[2]!; i++) numbers[i * shape[3]! + i] = 1
    else if (part === 'scale') numbers.fill(1)
    else if (part === 'variance') numbers.fill(1 - EPSILON)
    values.set(part, numbers)
  }
  return values
}

/**
 * Filters [out, in, height, width] to [height, width, in, out], depthwise ones [channels, 1, height, width] to [height, width, channels, 1].
 *
 * @param shape ours
 */
function inTfjsOrder(
  stored: Float32Array,
  order: WeightOrder,
  shape: readonly number[],
  depthwise: boolean,
): Float32Array {
  if (shape.length === 2) return denseInTfjsOrder(stored, order, shape[0]!, shape[1]!)
  // A dense layer that stands for a 1x1 convolution.
  if (order === 'ihwo') return stored
  const [height, width, inputs, outputs] = shape as [number, number, number, number]
  const values = new Float32Array(stored.length)
  const pixels = height * width
  let to = 0
  for (let pixel = 0; pixel < pixels; pixel++) {
    for (let input = 0; input < inputs; input++) {
      for (let output = 0; output < outputs; output++) {
        const filter = depthwise ? input : output * inputs + input
        values[to++] = stored[filter * pixels + pixel]!
      }
    }
  }
  return values
}

/** Of what the dense layer of our IR networks flattens, 7x7 pixels of it. */
export const FLATTENED_CHANNELS = 512

/** Dense weights to [in, out]. PyTorch flattens [channels, height, width] before it, we [height, width, channels]. */
function denseInTfjsOrder(stored: Float32Array, order: WeightOrder, inputs: number, units: number): Float32Array {
  const values = new Float32Array(stored.length)
  const pixels = inputs / FLATTENED_CHANNELS
  let to = 0
  for (let pixel = 0; pixel < pixels; pixel++) {
    for (let channel = 0; channel < FLATTENED_CHANNELS; channel++) {
      const input = channel * pixels + pixel
      for (let unit = 0; unit < units; unit++)
        values[to++] = stored[order === 'oihw' ? unit * inputs + input : input * units + unit]!
    }
  }
  return values
}
