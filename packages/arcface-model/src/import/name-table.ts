/* What a source calls the layers of our networks. */
import type { Normalisation } from '../preprocess.js'
import type { NetworkName } from '../typed-names.js'

/** One layer, or all that a pattern stands for. */
export interface LayerNames {
  /** Our layer: `stem`, or `stage{stage}/{unit}/conv1` with numbers from 1. */
  readonly ours: string
  /** Its convolution or dense layer. `{unit-1}` counts from 0, `{block}` counts all units from 0, `{letter}` is a for the first. */
  readonly weights?: string
  readonly norm?: string
  /** Our 1x1 convolution is a dense layer there. */
  readonly dense?: true
  /** The PReLU. */
  readonly slope?: string
  /** Its batch norm has neither scale nor offset. */
  readonly bare?: true
  /**
   * Channels that it takes, or gives, lie in pairs there, one pair behind the other; in ours the firsts of all pairs come first, then the
   * seconds.
   */
  readonly paired?: 'inputs' | 'outputs' | 'both'
  /** Theirs is a convolution in groups of two channels, ours two depthwise ones: over a channel itself, or over the other of its pair. */
  readonly half?: 'own' | 'other'
  /** Its weights are the only tensor of that name, with nothing behind it. */
  readonly sole?: true
  /** The source has no such layer: it passes on what it takes, and so will ours. */
  readonly identity?: true
}

export interface NameTable {
  /** What `--from` calls it. */
  readonly name: string
  /** Where the names are from. */
  readonly source: string
  /** How the source's program calls tensors of a layer. */
  readonly tensors: TensorNames
  readonly networks: readonly NetworkName[]
  /** What its networks were trained on; where left out, what ours of that name take. */
  readonly input?: Normalisation
  /** Of its batch norms, where the file does not say. */
  readonly epsilon: number
  /** In the order in which the source computes them. The first that fits a layer counts. */
  readonly layers: readonly LayerNames[]
  /** Tensors that are no part of the network: heads, counters, an optimiser's state. */
  readonly leftOut: readonly RegExp[]
}

/**
 * How a filter's axes lie, outputs, inputs, height and width, and those of dense weights, whose inputs were flattened in the same order:
 * `oihw` PyTorch's and MXNet's, `hwio` TensorFlow's and ours, `ihwo` dense weights of PyTorch for a plain product of matrices.
 */
export type WeightOrder = 'oihw' | 'hwio' | 'ihwo'

/** How a program names and lays out a layer's tensors. */
export interface TensorNames {
  readonly order: WeightOrder
  readonly weights: string
  readonly bias: string
  readonly scale: string
  readonly offset: string
  /** Left out where batch norms are no more than a scale and an offset, as what they have measured is in these. */
  readonly mean?: string
  readonly variance?: string
  readonly slope: string
}

export const PYTORCH: TensorNames = {
  order: 'oihw',
  weights: '.weight',
  bias: '.bias',
  scale: '.weight',
  offset: '.bias',
  mean: '.running_mean',
  variance: '.running_var',
  slope: '.weight',
}

export const MXNET: TensorNames = {
  order: 'oihw',
  weights: '_weight',
  bias: '_bias',
  scale: '_gamma',
  offset: '_beta',
  mean: '_moving_mean',
  variance: '_moving_var',
  slope: '_gamma',
}

export const TENSORFLOW: TensorNames = {
  order: 'hwio',
  weights: '/kernel',
  bias: '/bias',
  scale: '/gamma',
  offset: '/beta',
  mean: '/moving_mean',
  variance: '/moving_variance',
  slope: '/alpha',
}

/** face-api's networks for TensorFlow.js: a layer's convolution and its scale have names of their own. */
export const FACE_API: TensorNames = {
  order: 'hwio',
  weights: '/filters',
  bias: '/bias',
  scale: '/weights',
  offset: '/biases',
  slope: '',
}

export const OWN: TensorNames = {
  order: 'hwio',
  weights: '/filter',
  bias: '/bias',
  scale: '/scale',
  offset: '/offset',
  mean: '/mean',
  variance: '/variance',
  slope: '/slope',
}

/** The row of a table for one of our layers, its patterns filled in, and its place in the table. */
export function rowOf(table: NameTable, layer: string, block: number): { row: LayerNames; place: number } | undefined {
  for (const [place, row] of table.layers.entries()) {
    const numbers = fitted(row.ours, layer)
    if (numbers === undefined) continue
    const fill = (text: string | undefined) => (text === undefined ? undefined : filled(text, { ...numbers, block }))
    return {
      row: { ...row, ...compact({ weights: fill(row.weights), norm: fill(row.norm), slope: fill(row.slope) }) },
      place,
    }
  }
  return undefined
}

function fitted(pattern: string, layer: string): Record<string, number> | undefined {
  const groups = pattern.replace(/\{(\w+)\}/g, '(?<$1>\\d+)')
  const match = new RegExp(`^${groups}$`).exec(layer)
  return match === null
    ? undefined
    : Object.fromEntries(Object.entries(match.groups ?? {}).map(([k, v]) => [k, Number(v)]))
}

function filled(text: string, numbers: Readonly<Record<string, number>>): string {
  return text.replace(/\{(\w+)([+-]\d+)?\}/g, (_, name: string, shift = '0') =>
    name === 'letter' ? String.fromCharCode(96 + numbers.unit!) : String(numbers[name]! + Number(shift)),
  )
}

function compact<T extends object>(fields: T): Partial<T> {
  return Object.fromEntries(Object.entries(fields).filter(([, value]) => value !== undefined)) as Partial<T>
}
