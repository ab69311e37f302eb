import type { NetworkName } from '@tiny-face/arcface-model'
import type { EngineChoice } from '@tiny-face/tfjs-compiler'

/** Everything that decides a run's result: what config.json holds. */
export interface TrainingConfig {
  readonly network: NetworkName
  readonly embeddingSize: number
  readonly batchSize: number
  /** Length of the schedule; one of the two is given, the other follows from it. */
  readonly epochs: number
  readonly steps: number
  /** Epochs after which to stop, within the schedule. */
  readonly stopAfter?: number
  readonly schedule: 'piecewise' | 'linear' | 'cosine'
  readonly learningRates: readonly number[]
  readonly boundaries: readonly number[]
  readonly warmup: number
  readonly momentum: number
  readonly weightDecay: number
  readonly margin: number
  readonly scale: number
  readonly easyMargin: boolean
  readonly seed: number
  /** What computed the run, and in which precision: never `auto`, so that a run can be repeated. */
  readonly engine: EngineChoice['engine']
  readonly precision: EngineChoice['precision']
  readonly images: number
  readonly classes: number
  readonly source: string
}
