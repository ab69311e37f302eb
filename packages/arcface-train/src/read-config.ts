import { readFileSync } from 'node:fs'
import { type HeadConfig, NETWORKS } from '@tiny-face/arcface-model'
import { DataError } from '@tiny-face/safe-files'
import { ENGINE_NAMES, PRECISIONS } from '@tiny-face/tfjs-compiler'
import type { AugmentationName, AugmentConfig } from './augment/augment-config.js'
import type { OptimiserConfig, TrainingConfig } from './config.js'
import { SCHEDULES } from './default-settings.js'
import {
  byKind,
  type Check,
  type FieldFault,
  flag,
  list,
  number,
  object,
  oneOf,
  optional,
  text,
  whole,
} from './field-checks.js'
import { stepsPerEpoch } from './steps-per-epoch.js'

/**
 * Reads a run's config.json, every field of it.
 *
 * @throws DataError where it is damaged, or of a version that had other fields: names the first field that is not as expected
 */
export function readConfig(file: string): TrainingConfig {
  let config: unknown
  try {
    config = JSON.parse(readFileSync(file, 'utf8'))
  } catch (cause) {
    if ((cause as NodeJS.ErrnoException).code !== undefined) throw cause
    throw new DataError({ file, expected: 'JSON', found: (cause as Error).message, cause })
  }
  const fault = object(FIELDS)(config, '') ?? lengthFault(config as TrainingConfig)
  if (fault === undefined) return config as TrainingConfig
  const { field, expected, found } = fault
  throw new DataError({ file, ...(field && { message: field }), expected, found: excerpt(found) })
}

/** The fields of each kind of a union, so that the compiler proves the tables complete. */
type Kinds<T extends { kind: string }> = {
  readonly [Kind in T['kind']]: { readonly [Name in keyof Required<Omit<Extract<T, { kind: Kind }>, 'kind'>>]: Check }
}

const scale = number(0)
const HEADS: Kinds<HeadConfig> = {
  arcface: { margin: number(0, Math.PI), scale, easy: optional(flag) },
  cosface: { margin: number(0), scale },
  combined: { margins: list(number(0), 3), scale },
  adaface: { margin: number(0), h: number(0), decay: number(0, 1), scale },
  subcentre: { centres: whole(1), margin: number(0, Math.PI), scale },
}

const OPTIMISERS: Kinds<OptimiserConfig> = {
  sgd: { momentum: number(0, 1) },
  adamw: { beta1: number(0, 1), beta2: number(0, 1), epsilon: number(0) },
}

const probability = number(0, 1)
const range = list(number(0), 2)
const AUGMENTATIONS: {
  readonly [Name in AugmentationName]: {
    readonly [Field in Exclude<keyof NonNullable<AugmentConfig[Name]>, 'probability'>]: Check
  }
} = {
  crop: { area: range, ratio: range, resize: flag },
  rotate: { degrees: number(0) },
  translate: { shift: number(0) },
  'low-resolution': { side: range },
  colour: { brightness: number(0), contrast: number(0), saturation: number(0) },
  grey: {},
  blur: { sigma: range },
  jpeg: { quality: range },
  erase: { area: range, ratio: range },
  mirror: {},
}

const augment = object(
  Object.fromEntries(
    Object.entries(AUGMENTATIONS).map(([name, fields]) => [name, optional(object({ probability, ...fields }))]),
  ),
)

const span: Check = (found, field) =>
  object(Object.hasOwn(Object(found), 'epochs') ? { epochs: whole(1) } : { steps: whole(1) })(found, field)

const FIELDS: { readonly [Name in keyof Required<TrainingConfig>]: Check } = {
  network: oneOf(Object.keys(NETWORKS)),
  embeddingSize: whole(1),
  head: byKind(HEADS),
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
  optimiser: byKind(OPTIMISERS),
  weightDecay: number(0),
  decayAll: flag,
  clip: optional(number(0)),
  augment,
  trunkRate: number(0),
  freeze: list(text),
  freezeStatistics: flag,
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
}

/** What no field says by itself: that a step's images are there. */
function lengthFault(config: TrainingConfig): FieldFault | undefined {
  if (stepsPerEpoch(config) > 0) return undefined
  return { field: 'batchSize', expected: `at most ${config.images}, the images`, found: config.batchSize }
}

/** A value in few characters. */
function excerpt(found: unknown): string {
  const json = JSON.stringify(found)
  return json === undefined ? 'none' : json.length <= 60 ? json : `${json.slice(0, 60)}…`
}
