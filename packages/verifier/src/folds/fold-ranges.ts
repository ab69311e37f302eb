import { FOLDS } from '@tiny-face/record-stream'

/** Pairs `from` up to, not including, `to`. */
export interface FoldRange {
  from: number
  to: number
}

/**
 * The folds of a verification set: neighbours in the set's order, not shuffled, the first `pairs % folds` of them one pair
 * larger.
 *
 * @see scikit-learn, `KFold(n_splits=10, shuffle=False)`
 */
export function foldRanges(pairs: number, folds = FOLDS): FoldRange[] {
  const size = Math.floor(pairs / folds)
  const larger = pairs % folds
  const start = (fold: number) => fold * size + Math.min(fold, larger)
  return Array.from({ length: folds }, (_, fold) => ({ from: start(fold), to: start(fold + 1) }))
}
