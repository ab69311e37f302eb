import type { HeadConfig } from '@tiny-face/arcface-model'
import { DEFAULT_AUGMENTATION } from './augment/augment-config.js'
import type { OptimiserConfig, TrainingConfig } from './config.js'
import type { ScheduleKind } from './learning-rate.js'
import type { Recipe } from './presets/preset.js'

type ByKind<T extends { kind: string }> = { readonly [Kind in T['kind']]: Extract<T, { kind: Kind }> }

export const SCHEDULES: readonly ScheduleKind[] = ['piecewise', 'linear', 'cosine', 'polynomial']

/** Each head as its paper has it. */
export const HEADS: ByKind<HeadConfig> = {
  arcface: { kind: 'arcface', margin: 0.5, scale: 64, easy: false },
  cosface: { kind: 'cosface', margin: 0.35, scale: 64 },
  // Deng et al. 2019, table 2: CM1.
  combined: { kind: 'combined', margins: [1, 0.3, 0.2], scale: 64 },
  adaface: { kind: 'adaface', margin: 0.4, h: 0.333, decay: 0.99, scale: 64 },
  subcentre: { kind: 'subcentre', centres: 3, margin: 0.5, scale: 64 },
}

/** Each optimiser, with the learning rate and weight decay that go with it: insightface's, configs/base.py. */
export const OPTIMISERS: {
  readonly [Kind in OptimiserConfig['kind']]: Pick<Recipe, 'learningRates' | 'weightDecay'> & {
    readonly optimiser: Extract<OptimiserConfig, { kind: Kind }>
  }
} = {
  sgd: { optimiser: { kind: 'sgd', momentum: 0.9 }, learningRates: [0.1], weightDecay: 5e-4 },
  // The other three are PyTorch's own.
  adamw: {
    optimiser: { kind: 'adamw', beta1: 0.9, beta2: 0.999, epsilon: 1e-8 },
    learningRates: [0.001],
    weightDecay: 0.1,
  },
}

/** What holds where neither options nor a preset say anything. */
export const DEFAULTS: Omit<Recipe, 'network' | 'embeddingSize' | 'length'> = {
  head: HEADS.arcface,
  sampleRate: 1,
  batchSize: 64,
  accumulate: 1,
  schedule: 'cosine',
  boundaries: [],
  warmup: { steps: 0 },
  decayAll: false,
  augment: DEFAULT_AUGMENTATION,
  ...OPTIMISERS.sgd,
}

/** The same of what is no part of a recipe. */
export const RUN_DEFAULTS: Pick<
  TrainingConfig,
  'trunkRate' | 'freeze' | 'freezeStatistics' | 'seed' | 'verify' | 'keep' | 'skipNonfinite' | 'skipDamaged' | 'every'
> = {
  trunkRate: 1,
  freeze: [],
  freezeStatistics: false,
  seed: 1,
  verify: [],
  every: { epochs: 1 },
  keep: 3,
  skipNonfinite: 0,
  skipDamaged: false,
}
