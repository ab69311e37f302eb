import type { HeadConfig, NetworkName } from '@tiny-face/arcface-model'
import type { EngineChoice } from '@tiny-face/tfjs-compiler'
import type { AugmentConfig } from './augment/augment-config.js'
import type { ScheduleKind } from './learning-rate.js'
import type { Span } from './steps-per-epoch.js'

export type OptimiserConfig =
  | { readonly kind: 'sgd'; readonly momentum: number }
  | { readonly kind: 'adamw'; readonly beta1: number; readonly beta2: number; readonly epsilon: number }

/** Pairs of images that say how good the network is: a `.bin` file, and the name of its figures. */
export interface VerificationSet {
  readonly name: string
  readonly file: string
}

/** Everything that decides a run's result: what config.json holds. */
export interface TrainingConfig {
  readonly network: NetworkName
  readonly embeddingSize: number
  readonly head: HeadConfig
  /** The share of all centres that a step computes with (Partial FC); 1 takes all. */
  readonly sampleRate: number
  /** Images of one step, and the parts in which they are computed one after another. */
  readonly batchSize: number
  readonly accumulate: number
  /** Length of the schedule; one of the two was given, the other follows from it. */
  readonly epochs: number
  readonly steps: number
  /** Epochs after which to stop, within the schedule. */
  readonly stopAfter?: number
  readonly schedule: ScheduleKind
  readonly learningRates: readonly number[]
  /** In steps, as the warm-up. */
  readonly boundaries: readonly number[]
  readonly warmup: number
  readonly optimiser: OptimiserConfig
  readonly weightDecay: number
  /** Weight decay also on batch norm, PReLU slopes and biases. */
  readonly decayAll: boolean
  /** The largest norm of all gradients together; longer ones are made that long. */
  readonly clip?: number
  readonly augment: AugmentConfig
  /** The learning rate of everything but the head is that of the schedule times this. */
  readonly trunkRate: number
  /** Patterns of parameter names that stay as they are: `stage1/*`. */
  readonly freeze: readonly string[]
  /** Batch norm computes with its running statistics, and they stay as they are. */
  readonly freezeStatistics: boolean
  /** Batch norms measure the images of all ranks together; each rank's its own, where left out. */
  readonly syncBatchNorm?: boolean
  /** In which numbers the gradients travel between ranks; float32 where left out. */
  readonly exchange?: 'bf16'
  /** A run's folder or a .safetensors file that gives the first weights. */
  readonly init?: string
  readonly seed: number
  /** What computed the run, and in which precision: never `auto`, so that a run can be repeated. */
  readonly engine: EngineChoice['engine']
  readonly precision: EngineChoice['precision']
  readonly images: number
  readonly classes: number
  readonly source: string
  /** Of the images and labels, whatever they are called and wherever they lie; runs of an older version have none. */
  readonly fingerprint?: string
  readonly verify: readonly VerificationSet[]
  /** How often the network is verified and a checkpoint is written. */
  readonly every: Span
  /** Verifications without a better figure after which to stop. */
  readonly patience?: number
  /** The verification set whose accuracy says which checkpoint is the best; the first of `verify` where left out. */
  readonly best?: string
  /** The last checkpoints that are kept; the best is kept besides. */
  readonly keep: number
  /** Batches whose loss or gradient may be no finite number; they are skipped. */
  readonly skipNonfinite: number
  /** Leave out images that do not decode. */
  readonly skipDamaged: boolean
}
