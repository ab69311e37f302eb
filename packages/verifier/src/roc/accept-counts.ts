/** A pair of faces and how far apart their templates are. */
export interface PairDistance {
  /** Whether both faces are of one person. */
  same: boolean
  /** Squared Euclidean distance of the templates, 0 to 4. */
  distance: number
}

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
 * The pairs with `distance < threshold` (strictly), for all thresholds at once.
 *
 * @param thresholds increasing
 */
export function acceptCounts(pairs: readonly PairDistance[], thresholds: Float64Array): AcceptCounts {
  const acceptedSame = new Uint32Array(thresholds.length)
  const acceptedDifferent = new Uint32Array(thresholds.length)
  let same = 0
  for (const pair of pairs) {
    if (pair.same) same++
    const first = firstAbove(pair.distance, thresholds)
    if (first < thresholds.length) (pair.same ? acceptedSame : acceptedDifferent)[first]!++
  }
  accumulate(acceptedSame)
  accumulate(acceptedDifferent)
  return { same, acceptedSame, different: pairs.length - same, acceptedDifferent }
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
