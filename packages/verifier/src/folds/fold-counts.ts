import { type AcceptCounts, acceptCounts, type PairDistance } from '../roc/accept-counts.js'
import { foldRanges } from './fold-ranges.js'

/** One fold tested, and the nine others that its threshold is taken from. */
export interface FoldCounts {
  train: AcceptCounts
  test: AcceptCounts
}

/** The counts of every fold, tested and trained, of pairs in their set's order. */
export function foldCounts(pairs: readonly PairDistance[], thresholds: Float64Array): FoldCounts[] {
  const all = acceptCounts(pairs, thresholds)
  return foldRanges(pairs.length).map(({ from, to }) => {
    const test = acceptCounts(pairs.slice(from, to), thresholds)
    return { test, train: without(all, test) }
  })
}

function without(all: AcceptCounts, part: AcceptCounts): AcceptCounts {
  return {
    same: all.same - part.same,
    acceptedSame: all.acceptedSame.map((count, i) => count - part.acceptedSame[i]!),
    different: all.different - part.different,
    acceptedDifferent: all.acceptedDifferent.map((count, i) => count - part.acceptedDifferent[i]!),
  }
}
