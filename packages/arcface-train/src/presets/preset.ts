import type { TrainingConfig } from '../config.js'
import type { Span } from '../steps-per-epoch.js'

/** What a training is made of, apart from the data and the machine. */
export interface Recipe
  extends Pick<
    TrainingConfig,
    | 'network'
    | 'embeddingSize'
    | 'head'
    | 'sampleRate'
    | 'batchSize'
    | 'accumulate'
    | 'schedule'
    | 'learningRates'
    | 'optimiser'
    | 'weightDecay'
    | 'decayAll'
    | 'clip'
    | 'augment'
  > {
  /** Of the schedule. */
  readonly length: Span
  readonly boundaries: readonly Span[]
  readonly warmup: Span
}

/** What a published recipe decides; the defaults decide the rest, and options on the command line come before both. */
export type Preset = Partial<Recipe> & Pick<Recipe, 'network' | 'length'>
