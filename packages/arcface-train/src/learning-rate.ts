export type ScheduleKind = 'piecewise' | 'linear' | 'cosine' | 'polynomial'

export interface Schedule {
  readonly kind: ScheduleKind
  /** The rate at the start; for `piecewise` one for each stretch between the boundaries. */
  readonly rates: readonly number[]
  /** For `piecewise`: the steps at which the next rate begins, ascending, one fewer than the rates. */
  readonly boundaries: readonly number[]
  /** Steps over which the rate rises from 0, in equal parts. */
  readonly warmup: number
  /** Steps of the whole schedule; `linear`, `cosine` and `polynomial` reach 0 there. */
  readonly steps: number
}

/** Of `polynomial`: insightface's, recognition/arcface_torch/lr_scheduler.py (PolynomialLRWarmup, before that PolyScheduler). */
const POWER = 2

/**
 * The learning rate of a step.
 *
 * @param step 0 is the first
 */
export function learningRate({ kind, rates, boundaries, warmup, steps }: Schedule, step: number): number {
  const base = kind === 'piecewise' ? rates[boundaries.filter(boundary => step >= boundary).length]! : rates[0]!
  if (step < warmup) return (base * (step + 1)) / warmup
  const progress = (step - warmup) / Math.max(1, steps - warmup)
  if (kind === 'linear') return base * (1 - progress)
  if (kind === 'polynomial') return base * (1 - progress) ** POWER
  if (kind === 'cosine') return (base * (1 + Math.cos(Math.PI * progress))) / 2
  return base
}
