import type { PairDistances } from '../pairs/measured-pairs.js'

/**
 * The distances of the pairs of each kind, sorted: all that the exact figures need, which depend on no grid of thresholds and
 * no folds. A threshold accepts every pair that is strictly closer, so pairs at one distance are accepted together.
 */
export interface ExactRoc {
  /** Of the pairs of one person (ISO/IEC 19795-1: mated), the closest first. */
  same: Float64Array
  /** Of the pairs of two people (non-mated, impostors), the closest first. */
  different: Float64Array
}

/** A point of the ROC: what a threshold accepts that lies just beyond a distance that pairs have. */
export interface RocPoint {
  /** The largest distance that is accepted. */
  distance: number
  acceptedSame: number
  acceptedDifferent: number
}

export function exactRoc({ distances, same, length }: PairDistances): ExactRoc {
  let sames = 0
  for (let i = 0; i < length; i++) sames += same[i]!
  const roc = { same: new Float64Array(sames), different: new Float64Array(length - sames) }
  let nextSame = 0
  let nextDifferent = 0
  for (let i = 0; i < length; i++) {
    if (same[i] === 1) roc.same[nextSame++] = distances[i]!
    else roc.different[nextDifferent++] = distances[i]!
  }
  roc.same.sort()
  roc.different.sort()
  return roc
}

/** Every point of the curve, one for each distance that occurs. The object that is handed out is the same each time. */
export function* rocPoints({ same, different }: ExactRoc): Generator<Readonly<RocPoint>> {
  const point = { distance: 0, acceptedSame: 0, acceptedDifferent: 0 }
  while (point.acceptedSame < same.length || point.acceptedDifferent < different.length) {
    point.distance = Math.min(
      same[point.acceptedSame] ?? Number.POSITIVE_INFINITY,
      different[point.acceptedDifferent] ?? Number.POSITIVE_INFINITY,
    )
    while (same[point.acceptedSame] === point.distance) point.acceptedSame++
    while (different[point.acceptedDifferent] === point.distance) point.acceptedDifferent++
    yield point
  }
}

/** How many of some sorted distances are strictly below a threshold. */
export function countBelow(sorted: Float64Array, threshold: number): number {
  let low = 0
  let high = sorted.length
  while (low < high) {
    const middle = (low + high) >>> 1
    if (sorted[middle]! < threshold) low = middle + 1
    else high = middle
  }
  return low
}
