import type { PairDistances } from '../pairs/measured-pairs.js'

/** How many of some pairs a verifier accepts, at each threshold of a grid. */
export interface AcceptCounts {
  /** Pairs of one person, and how many of them are accepted at each threshold (the rest are false rejects). */
  same: number
  acceptedSame: Uint32Array
  /** Pairs of two people, and how many of them are accepted at each threshold: the false accepts. */
  different: number
  acceptedDifferent: Uint32Array
}

/**
 * The pairs `from` up to, not including, `to` with `distance < threshold` (strictly), for all thresholds at once: each pair is
 * looked at once, however many thresholds there are.
 *
 * @param thresholds increasing
 */
export function acceptCounts(
  { distances, same, length }: PairDistances,
  thresholds: Float64Array,
  from = 0,
  to = length,
): AcceptCounts {
  const acceptedSame = new Uint32Array(thresholds.length)
  const acceptedDifferent = new Uint32Array(thresholds.length)
  let sames = 0
  for (let i = from; i < to; i++) {
    const isSame = same[i] === 1
    if (isSame) sames++
    const first = firstAbove(distances[i]!, thresholds)
    if (first < thresholds.length) (isSame ? acceptedSame : acceptedDifferent)[first]!++
  }
  accumulate(acceptedSame)
  accumulate(acceptedDifferent)
  return { same: sames, acceptedSame, different: to - from - sames, acceptedDifferent }
}

/** The first threshold that accepts the distance, by bisection; `thresholds.length` where none does. */
function firstAbove(distance: number, thresholds: Float64Array): number {
  let low = 0
  let high = thresholds.length
  while (low < high) {
    const middle = (low + high) >>> 1
    if (distance < thresholds[middle]!) high = middle
    else low = middle + 1
  }
  return low
}

function accumulate(counts: Uint32Array): void {
  for (let i = 1; i < counts.length; i++) counts[i]! += counts[i - 1]!
}
