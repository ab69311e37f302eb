import { FOLDS } from '@tiny-face/record-stream'
import { DataError } from '@tiny-face/safe-files'
import { type FoldResult, foldAccuracy } from './folds/fold-accuracy.js'
import { type FoldCounts, foldCounts } from './folds/fold-counts.js'
import { type TarAtFar, tarAtFars } from './folds/tar-at-far.js'
import { indexOfPair, type MeasuredPairs } from './pairs/measured-pairs.js'
import { mean, populationStd } from './pairwise-sum.js'
import type { ProtocolName } from './protocol-names.js'
import { PROTOCOLS } from './protocols.js'
import { areaUnderCurve, exactAreaUnderCurve } from './roc/area-under-curve.js'
import { equalErrorRate } from './roc/equal-error-rate.js'
import { countBelow, type ExactRoc, exactRoc } from './roc/exact-roc.js'
import { meanRoc } from './roc/mean-roc.js'
import { COARSE_GRID, FINE_GRID } from './roc/threshold-grid.js'

/** The false accept rates at which the true accept rate is taken. */
export const FARS = ['1e-1', '1e-2', '1e-3', '1e-4', '1e-5', '1e-6'] as const
export type Far = (typeof FARS)[number]

/** What a set of pairs says of a network, by insightface's ten folds. Rates are 0 to 1, thresholds distances. */
export interface Verification {
  protocol: ProtocolName
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
  /** The distance of the closest pair and of the farthest. */
  closest: number
  farthest: number
  /** Pairs as far apart as the largest threshold of the folds, or farther: none of these accepts them. */
  beyond: number
}

export interface VerifyOptions {
  protocol?: ProtocolName | undefined
  /** What counts the folds of the accuracy and the ROC, where their distances are not those of the pairs: see `pcaFolds`. */
  countFolds?: ((pairs: MeasuredPairs, thresholds: Float64Array) => FoldCounts[]) | undefined
  /** `exactRoc(pairs)`, where it is needed again. */
  exact?: ExactRoc
}

/**
 * Verifies pairs by insightface's protocol: ten folds in order, thresholds 0 to 4 by 0.01 for the accuracy and by 0.001 for
 * TAR at FAR. Another protocol has other distances, which `pairs` were measured with, and other thresholds for the accuracy.
 *
 * @param pairs in their set's order, which decides the folds, as `measurePairs` returns them
 * @throws DataError as checkPairs
 * @see insightface, src/eval/verification.py, `test` and `evaluate`; Huang et al., "Labeled Faces in the Wild" (2007)
 */
export function verify(
  pairs: MeasuredPairs,
  { protocol = 'insightface', countFolds = foldCounts, exact = exactRoc(pairs) }: VerifyOptions = {},
): Verification {
  const same = checkPairs(pairs.same)
  const { thresholds } = PROTOCOLS[protocol]
  const counts = countFolds(pairs, COARSE_GRID)
  const decided = thresholds === COARSE_GRID ? counts : countFolds(pairs, thresholds)
  const folds = decided.map(fold => foldAccuracy(fold, thresholds))
  const accuracies = folds.map(fold => fold.accuracy)
  const roc = meanRoc(counts.map(fold => fold.test))
  const tars = tarAtFars(pairs, FARS.map(Number))
  return {
    protocol,
    pairs: pairs.length,
    same,
    missing: indexOfPair(pairs, pairs.length - 1) + 1 - pairs.length,
    flip: pairs.flip,
    accuracy: { mean: mean(accuracies), std: populationStd(accuracies) },
    folds,
    tar: Object.fromEntries(FARS.map((far, i) => [far, tars[i]])) as Record<Far, TarAtFar>,
    auc: areaUnderCurve(roc),
    aucExact: exactAreaUnderCurve(exact),
    eer: equalErrorRate(roc),
    xnorm: pairs.meanNorm,
    closest: Math.min(exact.same[0]!, exact.different[0]!),
    farthest: Math.max(exact.same.at(-1)!, exact.different.at(-1)!),
    beyond: pairs.length - countBelow(exact.same, FINE_GRID.at(-1)!) - countBelow(exact.different, FINE_GRID.at(-1)!),
  }
}

/**
 * Whether a set can say anything of a network, which is known before one is run.
 *
 * @param pairs whether each pair is of one person, 1 or 0
 * @param file that they are from, for messages
 * @returns how many are
 * @throws DataError where there are fewer pairs than folds, or only one kind of pairs
 */
export function checkPairs(pairs: Uint8Array, file?: string): number {
  let same = 0
  for (const isSame of pairs) same += isSame
  if (pairs.length < FOLDS) {
    throw new DataError({ file, expected: `at least ${FOLDS} pairs, one for each fold`, found: `${pairs.length}` })
  }
  if (same === 0 || same === pairs.length) {
    const kind = same === 0 ? 'pairs of different people only' : 'pairs of the same person only'
    throw new DataError({ file, expected: 'pairs of the same person and pairs of different people', found: kind })
  }
  return same
}
