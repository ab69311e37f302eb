import type { AcceptCounts } from './accept-counts.js'

/** A receiver operating characteristic: one point per threshold, both rates rising. */
export interface Roc {
  /** False positive rate, 0 to 1: the share of the different pairs that is accepted. */
  fpr: Float64Array
  /** True positive rate, 0 to 1: the share of the same pairs that is accepted. */
  tpr: Float64Array
}

/**
 * The mean of the folds' ROC curves, threshold by threshold. A fold without pairs of a kind counts as rate 0.
 *
 * @param folds the counts of the pairs tested in each fold
 * @see insightface, src/eval/verification.py, `calculate_roc`
 */
export function meanRoc(folds: readonly AcceptCounts[]): Roc {
  return {
    fpr: meanRates(folds.map(fold => rates(fold.acceptedDifferent, fold.different))),
    tpr: meanRates(folds.map(fold => rates(fold.acceptedSame, fold.same))),
  }
}

function rates(accepted: Uint32Array, total: number): Float64Array {
  return Float64Array.from(accepted, count => (total === 0 ? 0 : count / total))
}

/** `np.mean(rates, 0)` adds whole rows, so one after another, not pairwise. */
function meanRates(folds: readonly Float64Array[]): Float64Array {
  const sums = new Float64Array(folds[0]?.length ?? 0)
  for (const fold of folds) for (let i = 0; i < sums.length; i++) sums[i]! += fold[i]!
  return sums.map(sum => sum / folds.length)
}
