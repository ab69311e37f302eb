import type { PairDistances } from '../pairs/measured-pairs.js'
import { type AcceptCounts, acceptCounts } from '../roc/accept-counts.js'
import { foldRanges } from './fold-ranges.js'

/** One fold tested, and the nine others that its threshold is taken from. */
export interface FoldCounts {
  train: AcceptCounts
  test: AcceptCounts
}

/** The counts of every fold, tested and trained, of pairs in their set's order. */
export function foldCounts(pairs: PairDistances, thresholds: Float64Array): FoldCounts[] {
  const tests = foldRanges(pairs.length).map(({ from, to }) => acceptCounts(pairs, thresholds, from, to))
  const all = tests.reduce(together)
  return tests.map(test => ({ test, train: without(all, test) }))
}

function together(some: AcceptCounts, more: AcceptCounts): AcceptCounts {
  return {
    same: some.same + more.same,
    acceptedSame: some.acceptedSame.map((count, i) => count + more.acceptedSame[i]!),
    different: some.different + more.different,
    acceptedDifferent: some.acceptedDifferent.map((count, i) => count + more.acceptedDifferent[i]!),
  }
}

/** What is left of some counts without those of a part. */
export function without(all: AcceptCounts, part: AcceptCounts): AcceptCounts {
  return {
    same: all.same - part.same,
    acceptedSame: all.acceptedSame.map((count, i) => count - part.acceptedSame[i]!),
    different: all.different - part.different,
    acceptedDifferent: all.acceptedDifferent.map((count, i) => count - part.acceptedDifferent[i]!),
  }
}
