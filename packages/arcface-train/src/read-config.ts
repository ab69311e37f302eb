import { FORMER_NETWORK_NAMES, type HeadConfig, NETWORK_NAMES } from '@tiny-face/arcface-model'
import {
  byKind,
  either,
  flag,
  list,
  number,
  object,
  oneOf,
  optional,
  readJson,
  text,
  tuple,
  whole,
} from '@tiny-face/checked-json'
import { DataError } from '@tiny-face/safe-files'
import { ENGINE_NAMES, PRECISIONS } from '@tiny-face/tfjs-compiler'
import type { AugmentConfig } from './augment/augment-config.js'
import type { OptimiserConfig, TrainingConfig } from './config.js'
import { SCHEDULES } from './default-settings.js'
import { stepsPerEpoch } from './steps-per-epoch.js'

/**
 * Reads a run's config.json, every field of it.
 *
 * @throws DataError where it is damaged, or of a version that had other fields: names the first field that is not as expected
 */
export function readConfig(file: string): TrainingConfig {
  const config = readJson(file, CONFIG)
  if (stepsPerEpoch(config) > 0) return config
  const expected = `at most ${config.images}, the images`
  throw new DataError({ file, message: 'batchSize', expected, found: `${config.batchSize}` })
}

/** Every field of a type, and of a kind of a union all but `kind`: so the compiler proves the tables below complete. */
type Fields<T> = { readonly [Name in keyof Required<T>]: unknown }
type Kinds<T extends { kind: string }> = {
  readonly [Kind in T['kind']]: Fields<Omit<Extract<T, { kind: Kind }>, 'kind'>>
}

const scale = number(0)
const heads = {
  arcface: { margin: number(0, Math.PI), scale, easy: optional(flag) },
  cosface: { margin: number(0), scale },
  combined: { margins: tuple([number(0), number(0), number(0)]), scale },
  adaface: { margin: number(0), h: number(0), decay: number(0, 1), scale },
  subcentre: { centres: whole(1), margin: number(0, Math.PI), scale },
} satisfies Kinds<HeadConfig>

const optimisers = {
  sgd: { momentum: number(0, 1) },
  adamw: { beta1: number(0, 1), beta2: number(0, 1), epsilon: number(0) },
} satisfies Kinds<OptimiserConfig>

const probability = number(0, 1)
const range = tuple([number(0), number(0)])
const augmentations = {
  crop: optional(object({ probability, area: range, ratio: range, resize: flag })),
  rotate: optional(object({ probability, degrees: number(0) })),
  translate: optional(object({ probability, shift: number(0) })),
  'low-resolution': optional(object({ probability, side: range })),
  colour: optional(object({ probability, brightness: number(0), contrast: number(0), saturation: number(0) })),
  grey: optional(object({ probability })),
  blur: optional(object({ probability, sigma: range })),
  jpeg: optional(object({ probability, quality: range })),
  erase: optional(object({ probability, area: range, ratio: range })),
  mirror: optional(object({ probability })),
} satisfies Fields<AugmentConfig>

const span = either([object({ steps: whole(1) }), object({ epochs: whole(1) })], 'steps or epochs, at least 1')

const CONFIG = object({
  network: oneOf(NETWORK_NAMES, FORMER_NETWORK_NAMES),
  embeddingSize: whole(1),
  head: byKind(heads),
  sampleRate: number(0, 1),
  batchSize: whole(2),
  accumulate: whole(1),
  epochs: whole(1),
  steps: whole(1),
  stopAfter: optional(whole(1)),
  schedule: oneOf(SCHEDULES),
  learningRates: list(number(0)),
  boundaries: list(whole(1)),
  warmup: whole(0),
  optimiser: byKind(optimisers),
  weightDecay: number(0),
  decayAll: flag,
  clip: optional(number(0)),
  augment: object(augmentations),
  trunkRate: number(0),
  freeze: list(text),
  freezeStatistics: flag,
  syncBatchNorm: optional(flag),
  exchange: optional(oneOf(['bf16'])),
  init: optional(text),
  seed: whole(0),
  engine: oneOf(ENGINE_NAMES),
  precision: oneOf(PRECISIONS),
  images: whole(1),
  classes: whole(1),
  source: text,
  fingerprint: optional(text),
  verify: list(object({ name: text, file: text })),
  every: span,
  patience: optional(whole(1)),
  best: optional(text),
  keep: whole(1),
  skipNonfinite: whole(0),
  skipDamaged: flag,
} satisfies Fields<TrainingConfig>)
