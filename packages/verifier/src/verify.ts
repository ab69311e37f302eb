import { FOLDS } from '@tiny-face/record-stream'
import { DataError } from '@tiny-face/safe-files'
import { type FoldResult, foldAccuracy } from './folds/fold-accuracy.js'
import { foldCounts } from './folds/fold-counts.js'
import { type TarAtFar, tarAtFars } from './folds/tar-at-far.js'
import { indexOfPair, type MeasuredPairs } from './pairs/measured-pairs.js'
import { mean, populationStd } from './pairwise-sum.js'
import { areaUnderCurve, exactAreaUnderCurve } from './roc/area-under-curve.js'
import { equalErrorRate } from './roc/equal-error-rate.js'
import { exactRoc } from './roc/exact-roc.js'
import { meanRoc } from './roc/mean-roc.js'
import { thresholdGrid } from './roc/threshold-grid.js'

/** The false accept rates at which the true accept rate is taken. */
export const FARS = ['1e-1', '1e-2', '1e-3', '1e-4'] as const
export type Far = (typeof FARS)[number]

/** What a set of pairs says of a network, by insightface's protocol. Rates are 0 to 1, thresholds squared distances. */
export interface Verification {
  pairs: number
  /** How many of the pairs are of one person. */
  same: number
  /** Places of the set, below the highest index that came, whose pairs did not come. */
  missing: number
  /** Whether embeddings of mirror images were added. */
  flip: boolean
  /** Over the folds, each at the threshold that is best for the nine others. `std` is that of a population. */
  accuracy: { mean: number; std: number }
  folds: FoldResult[]
  tar: Record<Far, TarAtFar>
  /** Area under the mean ROC of the folds, by trapezoids. */
  auc: number
  /** Area under the ROC of all pairs, exactly. */
  aucExact: number
  /** Equal error rate, on the mean ROC of the folds. */
  eer: number
  /** Mean length of the raw embeddings, those of mirror images included. */
  xnorm: number
}

/**
 * Verifies pairs by insightface's protocol: ten folds in order, thresholds 0 to 4 by 0.01 for the accuracy and by 0.001 for
 * TAR at FAR.
 *
 * @param pairs in their set's order, which decides the folds, as `measurePairs` returns them
 * @throws DataError as checkPairs
 * @see insightface, src/eval/verification.py, `test` and `evaluate`; Huang et al., "Labeled Faces in the Wild" (2007)
 */
export function verify(pairs: MeasuredPairs): Verification {
  const same = checkPairs(pairs.same)
  const grid = thresholdGrid(0.01)
  const counts = foldCounts(pairs, grid)
  const folds = counts.map(fold => foldAccuracy(fold, grid))
  const accuracies = folds.map(fold => fold.accuracy)
  const roc = meanRoc(counts.map(fold => fold.test))
  const tars = tarAtFars(pairs, FARS.map(Number))
  return {
    pairs: pairs.length,
    same,
    missing: indexOfPair(pairs, pairs.length - 1) + 1 - pairs.length,
    flip: pairs.flip,
    accuracy: { mean: mean(accuracies), std: populationStd(accuracies) },
    folds,
    tar: Object.fromEntries(FARS.map((far, i) => [far, tars[i]])) as Record<Far, TarAtFar>,
    auc: areaUnderCurve(roc),
    aucExact: exactAreaUnderCurve(exactRoc(pairs)),
    eer: equalErrorRate(roc),
    xnorm: pairs.meanNorm,
  }
}

/**
 * Whether a set can say anything of a network, which is known before one is run.
 *
 * @param pairs whether each pair is of one person, 1 or 0
 * @returns how many are
 * @throws DataError where there are fewer pairs than folds, or only one kind of pairs
 */
export function checkPairs(pairs: Uint8Array): number {
  let same = 0
  for (const isSame of pairs) same += isSame
  if (pairs.length < FOLDS) {
    throw new DataError({ expected: `at least ${FOLDS} pairs, one for each fold`, found: `${pairs.length}` })
  }
  if (same === 0 || same === pairs.length) {
    const kind = same === 0 ? 'pairs of different people only' : 'pairs of the same person only'
    throw new DataError({ expected: 'pairs of the same person and pairs of different people', found: kind })
  }
  return same
}
