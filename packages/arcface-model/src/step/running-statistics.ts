import type { Tensor } from '@tensorflow/tfjs-core'
import { movingAverage } from '@tiny-face/tfjs-compiler'
import type { NamedTensors } from './objective.js'

/** What a training step measured of its batch, and how the running statistic of the same name follows it. */
export interface BatchStatistic {
  readonly value: Tensor
  /** The share of its old value that the running statistic keeps. */
  readonly decay: number
  /** The measured value is multiplied by this first: n / (n - 1) makes the biased variance of n values unbiased. */
  readonly correction: number
}

/** The share of a batch norm's running statistics that a batch leaves as it was (PyTorch's momentum of 0.1). */
const BATCH_NORM_DECAY = 0.9

/** How the running mean and variance of a batch norm follow those of a batch with `count` values a channel: the variance unbiased, as in PyTorch. */
export function batchNormStatistics(
  { mean, variance }: Readonly<Record<'mean' | 'variance', Tensor>>,
  count: number,
): Record<'mean' | 'variance', BatchStatistic> {
  const decay = BATCH_NORM_DECAY
  return {
    mean: { value: mean, decay, correction: 1 },
    variance: { value: variance, decay, correction: count / (count - 1) },
  }
}

/** The next values of the running statistics, by the names of those that were measured. */
export function moveStatistics(
  running: Readonly<NamedTensors>,
  measured: ReadonlyMap<string, BatchStatistic>,
): NamedTensors {
  return Object.fromEntries(
    [...measured].map(([name, { value, decay, correction }]) => [
      name,
      movingAverage(running[name]!, value, decay, correction),
    ]),
  )
}
