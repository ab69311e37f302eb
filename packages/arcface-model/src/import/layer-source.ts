import type { WeightFile } from '@tiny-face/weight-files'
import { isDepthwise, type Layer, type Part } from './layers.js'
import type { LayerNames, WeightOrder } from './name-table.js'

/** Where one of our layers comes from: names of a file's tensors, as far as the layer has such a part. */
export interface LayerSource {
  readonly layer: Layer
  /** Of the filter or the dense weights. */
  readonly weights?: string
  readonly order: WeightOrder
  /** Added behind them. */
  readonly bias?: string
  readonly norm?: NormSource
  readonly slope?: string
  /** As the row of a table has them. */
  readonly paired?: LayerNames['paired']
  readonly half?: LayerNames['half']
  /** The source has no such layer, and ours is to change nothing. */
  readonly identity?: true
}

export interface NormSource {
  readonly epsilon: number
  /** 1 where left out. */
  readonly scale?: string
  /** It is 1, whatever the file holds for it. */
  readonly scaleIsOne?: true
  /** 0 where left out. */
  readonly offset?: string
  /** Without them it neither centres nor scales: it was folded into the convolution before. */
  readonly mean?: string
  readonly variance?: string
}

/** What became of one tensor: of the file, of our network, or of both. */
export interface TensorMatch {
  readonly status: 'matched' | 'missing' | 'unexpected' | 'wrong shape' | 'left out'
  /** Of the file. */
  readonly tensor?: string
  /** Our variable. */
  readonly variable?: string
  readonly note?: string
}

/**
 * Compares what a network needs with what a file has.
 *
 * @param isLeftOut whether a tensor that no layer needs is known to be no part of the network
 */
export function matchTensors(
  sources: readonly LayerSource[],
  file: Pick<WeightFile, 'tensors'>,
  isLeftOut: (name: string) => boolean,
): TensorMatch[] {
  const used = new Set<string>()
  const matches: TensorMatch[] = []
  for (const source of sources) {
    for (const { part, tensor, fits, expected } of neededBy(source)) {
      const variable = `${source.layer.name}/${part}`
      const info = file.tensors.get(tensor)
      used.add(tensor)
      if (info === undefined) matches.push({ status: 'missing', tensor, variable })
      else if (fits(info.shape)) matches.push({ status: 'matched', tensor, variable })
      else
        matches.push({
          status: 'wrong shape',
          tensor,
          variable,
          note: `[${info.shape.join(', ')}], not [${expected.join(', ')}]`,
        })
    }
    if (source.identity)
      matches.push({ status: 'matched', variable: source.layer.name, note: 'passes on what it takes' })
  }
  for (const name of file.tensors.keys()) {
    if (!used.has(name)) matches.push({ status: isLeftOut(name) ? 'left out' : 'unexpected', tensor: name })
  }
  return matches
}

interface Needed {
  readonly part: Part
  readonly tensor: string
  readonly expected: readonly number[]
  readonly fits: (shape: readonly number[]) => boolean
}

function neededBy({ layer, weights, order, bias, norm, slope, half }: LayerSource): Needed[] {
  const needed: Needed[] = []
  const channels = channelsOf(layer)
  const vector = (part: Part, tensor: string | undefined) => {
    if (tensor === undefined) return
    // A slope may be [channels, 1, 1], so that it broadcasts.
    const fits = (shape: readonly number[]) =>
      shape.filter(extent => extent !== 1).join() === `${channels}` ||
      (channels === 1 && shape.every(extent => extent === 1))
    needed.push({ part, tensor, expected: [channels], fits })
  }
  const filter = layer.variables.get('filter') ?? layer.variables.get('weights')
  if (weights !== undefined && filter !== undefined) {
    const alone = sourceShape(filter.shape, isDepthwise(filter), order)
    const expected = half === undefined ? alone : alone.with(1, 2)
    // A dense layer does what a 1x1 convolution does.
    const flat = expected.filter((_, axis) => expected.length !== 4 || (order === 'oihw' ? axis < 2 : axis > 1))
    const isPoint = expected.length === 4 && filter.shape[0] === 1 && filter.shape[1] === 1
    // A depthwise filter [channels, 1, height, width] as [1, channels, height, width] has the same numbers in the same order.
    const isTurnable = isDepthwise(filter) && order === 'oihw' && half === undefined
    const turned = isTurnable ? [expected[1], expected[0], ...expected.slice(2)] : expected
    const fits = (shape: readonly number[]) =>
      [expected, turned].some(fitting => fitting.join() === shape.join()) || (isPoint && shape.join() === flat.join())
    needed.push({ part: layer.variables.has('filter') ? 'filter' : 'weights', tensor: weights, expected, fits })
  }
  vector('bias', bias)
  vector('scale', norm?.scale)
  vector('offset', norm?.offset)
  vector('mean', norm?.mean)
  vector('variance', norm?.variance)
  vector('slope', slope)
  return needed
}

/** The shape of a filter or of dense weights in the source. */
function sourceShape(shape: readonly number[], depthwise: boolean, order: WeightOrder): number[] {
  if (order !== 'oihw') return [...shape]
  if (shape.length === 2) return [shape[1]!, shape[0]!]
  const [height, width, inputs, outputs] = shape as [number, number, number, number]
  return depthwise ? [inputs, 1, height, width] : [outputs, inputs, height, width]
}

/** Of what a layer gives. */
function channelsOf({ variables }: Layer): number {
  for (const part of ['mean', 'bias', 'slope'] as const) {
    const shape = variables.get(part)?.shape
    if (shape !== undefined) return shape[0]!
  }
  return 0
}
