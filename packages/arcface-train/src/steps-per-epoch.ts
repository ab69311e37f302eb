import type { TrainingConfig } from './config.js'

/** A length within a run: passes over the data, or steps. */
export type Span = { readonly epochs: number } | { readonly steps: number }

/** Steps of one pass over the data; its last, incomplete batch is left out. */
export function stepsPerEpoch({ images, batchSize }: Pick<TrainingConfig, 'images' | 'batchSize'>): number {
  return Math.floor(images / batchSize)
}

/** A span in steps. */
export function stepsOf(span: Span, perEpoch: number): number {
  return 'steps' in span ? span.steps : span.epochs * perEpoch
}

/** Where a run stands after so many steps: whole passes over the data, and images of the present one that were used. */
export function placeOf(
  step: number,
  config: Pick<TrainingConfig, 'images' | 'batchSize'>,
): { readonly epoch: number; readonly position: number } {
  const perEpoch = stepsPerEpoch(config)
  return { epoch: Math.floor(step / perEpoch), position: (step % perEpoch) * config.batchSize }
}

/** Steps that a run takes: those of its schedule, or fewer where it stops within it. */
export function stepsToTake(config: Pick<TrainingConfig, 'images' | 'batchSize' | 'steps' | 'stopAfter'>): number {
  const { steps, stopAfter = Number.POSITIVE_INFINITY } = config
  return Math.min(steps, stopAfter * stepsPerEpoch(config))
}
