/* What a sweep tries: the ways in which people feed face networks, and get it wrong. */
import type { FaceModel } from '../face-model.js'
import { type Normalisation, PRESETS } from '../preprocess.js'

/** Normalisations by what people call them. */
const SCALINGS = {
  '127.5': PRESETS.arcface,
  '128': PRESETS.mxnet,
  imagenet: PRESETS.imagenet,
  none: PRESETS.raw,
  '/255': { order: 'rgb', mean: [0, 0, 0], std: [255, 255, 255] },
} as const satisfies Record<string, Normalisation>

export type Scaling = keyof typeof SCALINGS

/** In this order: JavaScript would put the whole number first. */
export const SCALING_NAMES: readonly Scaling[] = ['127.5', '128', 'imagenet', 'none', '/255']

/** Shares of an image's sides that stay. */
export const CROPS = [1, 0.95, 0.9, 0.8] as const
/** Heights and widths that published networks take: those of a network that takes any. */
export const SIZES = [96, 112, 128, 160, 224] as const

/** One way to feed a network. */
export interface Combination {
  readonly order: 'rgb' | 'bgr'
  readonly scaling: Scaling
  /** Whether the embedding of the mirror image is added. */
  readonly mirror: boolean
  readonly size: number
  readonly crop: number
}

export function normalisationOf({ order, scaling }: Pick<Combination, 'order' | 'scaling'>): Normalisation {
  const { mean, std } = SCALINGS[scaling]
  // The numbers go with the colours, whichever comes first.
  if (order === 'rgb') return { order, mean, std }
  return { order, mean: [mean[2], mean[1], mean[0]], std: [std[2], std[1], std[0]] }
}

/** All orders and scalings that a network's input can have, with the rest of a combination as it is. */
export function colourings(base: Combination, { shape, accepts = () => true }: FaceModel): Combination[] {
  const grey = shape.channels === 1
  const orders = grey ? (['rgb'] as const) : (['rgb', 'bgr'] as const)
  const scalings = SCALING_NAMES.filter(scaling => !grey || scaling !== 'imagenet')
  return orders
    .flatMap(order => scalings.map(scaling => ({ ...base, order, scaling })))
    .filter(combination => accepts(normalisationOf(combination)))
}

/** Every combination that differs from one in its mirror, size or crop, and in nothing else. */
export function geometries(base: Combination, { freeSize = false }: FaceModel): Combination[] {
  return [
    { ...base, mirror: !base.mirror },
    ...CROPS.filter(crop => crop !== base.crop).map(crop => ({ ...base, crop })),
    ...(freeSize ? SIZES : []).filter(size => size !== base.size).map(size => ({ ...base, size })),
  ]
}
