import type { PairDistances } from '../pairs/measured-pairs.js'
import { mean, populationStd } from '../pairwise-sum.js'
import { type AcceptCounts, acceptCounts } from '../roc/accept-counts.js'
import { FINE_GRID } from '../roc/threshold-grid.js'
import { foldCounts } from './fold-counts.js'
import { foldRanges } from './fold-ranges.js'

/** The true accept rate at a wanted false accept rate, over the folds; insightface calls it VAL. */
export interface TarAtFar {
  /** True accept rate, 0 to 1. */
  mean: number
  /** Its population standard deviation over the folds. */
  std: number
  /** The false accept rate, 0 to 1, that came of it on the folds tested. */
  far: number
  /** Each fold's threshold; 0, which accepts nothing, where the rate stayed below the wanted one. */
  thresholds: number[]
  /** In how many folds it stayed below at every threshold. */
  unreached: number
}

/**
 * The true accept rates of the folds at the thresholds that give the wanted false accept rate on the nine others.
 *
 * The wanted rate may be finer than the pairs resolve: with n different pairs, a rate below 1/n is a threshold interpolated
 * between no false accept and the first, and says no more than the rate at no false accept would.
 *
 * @param pairs in their set's order
 * @param fars wanted false accept rates, 0 to 1
 * @see insightface, src/eval/verification.py, `calculate_val`
 */
export function tarAtFars(pairs: PairDistances, fars: readonly number[]): TarAtFar[] {
  const train = foldCounts(pairs, FINE_GRID).map(fold => fold.train)
  const test = foldRanges(pairs.length)
  return fars.map(far => {
    const thresholds = train.map(counts => thresholdAtFar(counts, far, FINE_GRID))
    const accepted = test.map(({ from, to }, i) => acceptCounts(pairs, Float64Array.of(thresholds[i]!), from, to))
    const tars = accepted.map(counts => rate(counts.acceptedSame[0]!, counts.same))
    const farsMet = accepted.map(counts => rate(counts.acceptedDifferent[0]!, counts.different))
    return {
      mean: mean(tars),
      std: populationStd(tars),
      far: mean(farsMet),
      thresholds,
      unreached: train.filter(counts => stays(counts, far)).length,
    }
  })
}

/**
 * The threshold at which the false accept rate is `far`, by linear interpolation; 0, which accepts nothing, where the rate
 * stays below it.
 *
 * The rate is a staircase and repeats itself. SciPy's `interp1d(kind='slinear')` (before 1.9; later ones refuse repeated
 * values) takes the last of equal rates on the left and the first on the right, and weighs the two thresholds as a B-spline
 * does: so do we, digit for digit.
 */
function thresholdAtFar(counts: AcceptCounts, far: number, grid: Float64Array): number {
  const { acceptedDifferent, different } = counts
  const above = acceptedDifferent.findIndex(count => rate(count, different) > far)
  if (above < 1) return stays(counts, far) ? 0 : grid.at(-1)!
  const low = rate(acceptedDifferent[above - 1]!, different)
  const high = rate(acceptedDifferent[above]!, different)
  const weight = 1 / (high - low)
  return grid[above - 1]! * (weight * (high - far)) + grid[above]! * (weight * (far - low))
}

function stays({ acceptedDifferent, different }: AcceptCounts, far: number): boolean {
  return rate(acceptedDifferent.at(-1)!, different) < far
}

function rate(accepted: number, total: number): number {
  return total === 0 ? 0 : accepted / total
}
