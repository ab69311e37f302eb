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
  /**
   * The recipe of Tiny-Face-Recognition's train.py: rates, momentum, and boundaries of 40, 60 and 80 thousand steps at batch 512,
   * which are eight times as many at its batch of 64. Its counter advanced by two a step, so that in fact it dropped the rate
   * at half of these; it had no weight decay and no end: these two are ours. Margin and scale are its own (Deng et al. 2019).
   */
  'seed-resnet50': {
    network: 'seed-resnet50',
    batchSize: 64,
    steps: 720_000,
    schedule: 'piecewise',
    learningRates: [0.001, 0.0005, 0.0003, 0.0001],
    boundaries: [320_000, 480_000, 640_000],
    momentum: 0.9,
    weightDecay: 5e-4,
    margin: 0.5,
    scale: 64,
  },
} as const satisfies Record<string, Preset>

export type PresetName = keyof typeof PRESETS
