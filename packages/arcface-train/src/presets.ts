import type { NetworkName } from '@tiny-face/arcface-model'

/** What a preset decides; options on the command line come before it. */
export interface Preset {
  readonly network: NetworkName
  readonly batchSize: number
  readonly steps: number
  readonly schedule: 'piecewise'
  readonly learningRates: readonly number[]
  readonly boundaries: readonly number[]
  readonly momentum: number
  readonly weightDecay: number
  readonly margin: number
  readonly scale: number
}

export const PRESETS = {
  /** The seed's network and kind of recipe: four rates (the values are ours), ArcFace of margin 0.5 and scale 64 (Deng et al. 2019). */
  'seed-resnet50': {
    network: 'seed-resnet50',
    batchSize: 32,
    steps: 200_000,
    schedule: 'piecewise',
    learningRates: [0.001, 0.0005, 0.0003, 0.0001],
    boundaries: [40_000, 60_000, 80_000],
    momentum: 0.9,
    weightDecay: 5e-4,
    margin: 0.5,
    scale: 64,
  },
} as const satisfies Record<string, Preset>

export type PresetName = keyof typeof PRESETS
