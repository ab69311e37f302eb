import type { PairDistances } from '../pairs/measured-pairs.js'
import { foldRanges } from './fold-ranges.js'

/**
 * Whether each pair was decided rightly, 1 or 0, at the threshold of its fold: accepted and of one person, or neither.
 *
 * @param thresholds of the folds, in order
 */
export function rightDecisions({ distances, same, length }: PairDistances, thresholds: readonly number[]): Uint8Array {
  const right = new Uint8Array(length)
  for (const [fold, { from, to }] of foldRanges(length, thresholds.length).entries()) {
    const threshold = thresholds[fold]!
    for (let i = from; i < to; i++) right[i] = distances[i]! < threshold === (same[i] === 1) ? 1 : 0
  }
  return right
}
