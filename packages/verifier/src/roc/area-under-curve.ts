import type { PairDistance } from './accept-counts.js'
import type { Roc } from './mean-roc.js'

/**
 * The area under a curve by the trapezoid rule, 0 to 1, from its first point to its last and not beyond.
 *
 * @see scikit-learn, `metrics.auc`
 */
export function areaUnderCurve({ fpr, tpr }: Roc): number {
  let area = 0
  for (let i = 1; i < fpr.length; i++) area += ((fpr[i]! - fpr[i - 1]!) * (tpr[i]! + tpr[i - 1]!)) / 2
  return area
}

/**
 * The exact area under the ROC of all pairs, 0 to 1: the share of all (same, different) couples in which the same pair is
 * the closer one, ties counting half. It depends on no grid of thresholds and no folds.
 *
 * @returns NaN where there are no pairs of one kind
 * @see Hanley and McNeil, "The meaning and use of the area under a ROC curve", Radiology 143 (1982): the Wilcoxon statistic
 */
export function exactAreaUnderCurve(pairs: readonly PairDistance[]): number {
  const sorted = pairs.toSorted((a, b) => a.distance - b.distance)
  let same = 0
  let different = 0
  // In halves, so that the sum is a whole number and exact.
  let halves = 0
  for (let i = 0; i < sorted.length; ) {
    const { distance } = sorted[i]!
    let tiedSame = 0
    let tiedDifferent = 0
    for (; i < sorted.length && sorted[i]!.distance === distance; i++) {
      if (sorted[i]!.same) tiedSame++
      else tiedDifferent++
    }
    halves += tiedDifferent * (2 * same + tiedSame)
    same += tiedSame
    different += tiedDifferent
  }
  return halves / 2 / (same * different)
}
