/** A step that the ranks of a job share: each has a part of the batch, and of the head's centres, and all else in common. */
import type { Scalar, Tensor } from '@tensorflow/tfjs-core'
import * as tf from '@tensorflow/tfjs-core'
import { sumsOverRanks } from '@tiny-face/tfjs-compiler'
import type { NamedTensors } from './objective.js'
import type { BatchStatistic } from './running-statistics.js'

export interface SharedStep {
  readonly ranks: number
  /** In which numbers gradients travel. */
  readonly wire: 'f32' | 'bf16'
  /** Parameters of which each rank has rows of its own, whose gradients it knows in full. */
  readonly isOwn: (parameter: string) => boolean
}

/** The gradients of the batch of all ranks: each rank's part of the mean is a term of it. */
export function gradientsOverRanks(gradients: Readonly<NamedTensors>, { wire, isOwn }: SharedStep): NamedTensors {
  const common = Object.entries(gradients).filter(([name]) => !isOwn(name))
  const sums = sumsOverRanks(
    common.map(([, gradient]) => gradient),
    wire,
  )
  return { ...gradients, ...Object.fromEntries(common.map(([name], i) => [name, sums[i]!])) }
}

/** The squared length of each gradient, where a rank has some rows of it only. */
export function squaresOverRanks(
  squares: readonly (readonly [parameter: string, sum: Scalar])[],
  { isOwn }: SharedStep,
): Scalar[] {
  return squares.map(([name, sum]) => (isOwn(name) ? sumsOverRanks([sum])[0]! : sum))
}

/** What the batches of all ranks say of the running statistics, on the average: so that all ranks keep the same. */
export function statisticsOverRanks(
  measured: ReadonlyMap<string, BatchStatistic>,
  { ranks }: SharedStep,
): Map<string, BatchStatistic> {
  if (measured.size === 0) return new Map()
  const sums = sumsOverRanks([...measured.values()].map(({ value }) => value as Tensor))
  return new Map(
    [...measured].map(([name, statistic], i) => [name, { ...statistic, value: tf.div(sums[i]!, ranks) }] as const),
  )
}
