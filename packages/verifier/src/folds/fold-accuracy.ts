import type { AcceptCounts } from '../roc/accept-counts.js'
import type { FoldCounts } from './fold-counts.js'

/** How one fold went, at the threshold that its training folds chose. */
export interface FoldResult {
  pairs: number
  same: number
  threshold: number
  accuracy: number
  falseAccepts: number
  falseRejects: number
}

/**
 * The accuracy of a fold, at the threshold of best accuracy on the nine others; of equals, the smallest.
 *
 * @param thresholds the grid that the counts were taken at
 * @see insightface, src/eval/verification.py, `calculate_roc`
 */
export function foldAccuracy({ train, test }: FoldCounts, thresholds: Float64Array): FoldResult {
  const best = bestThreshold(train)
  const pairs = test.same + test.different
  const falseAccepts = test.acceptedDifferent[best]!
  const falseRejects = test.same - test.acceptedSame[best]!
  return {
    pairs,
    same: test.same,
    threshold: thresholds[best]!,
    accuracy: (pairs - falseAccepts - falseRejects) / pairs,
    falseAccepts,
    falseRejects,
  }
}

/** `np.argmax` of the accuracy: compared as whole numbers of right answers, which order as the quotients do. */
function bestThreshold({ acceptedSame, acceptedDifferent }: AcceptCounts): number {
  let best = 0
  let bestLead = Number.NEGATIVE_INFINITY
  for (let i = 0; i < acceptedSame.length; i++) {
    const lead = acceptedSame[i]! - acceptedDifferent[i]!
    if (lead > bestLead) {
      best = i
      bestLead = lead
    }
  }
  return best
}
