import { type ExactRoc, rocPoints } from './exact-roc.js'
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
 * the closer one, ties counting half.
 *
 * @returns NaN where there are no pairs of one kind
 * @see Hanley and McNeil, "The meaning and use of the area under a ROC curve", Radiology 143 (1982): the Wilcoxon statistic
 */
export function exactAreaUnderCurve(roc: ExactRoc): number {
  // In halves, so that the sum is a whole number, and exact up to 2^53.
  let halves = 0
  let same = 0
  let different = 0
  for (const { acceptedSame, acceptedDifferent } of rocPoints(roc)) {
    halves += (acceptedDifferent - different) * (same + acceptedSame)
    same = acceptedSame
    different = acceptedDifferent
  }
  return halves / 2 / (same * different)
}
