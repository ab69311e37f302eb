/** In what order records are read. */
import { mersenneTwister, shuffledOrder } from '@tiny-face/seeded-random'
import { orderOfKeys, type RecordIndex } from '../index/read-index.js'
import type { RecordOrder } from './parse-order.js'

/** Which entry comes when, entries being counted through from the first of the first file. */
export function orderEntries(indexes: readonly RecordIndex[], order: Exclude<RecordOrder, 'file'>): Uint32Array {
  const count = indexes.reduce((sum, { keys }) => sum + keys.length, 0)
  if (typeof order === 'object') return shuffledOrder(count, mersenneTwister(order.shuffle))
  const entries = new Uint32Array(count)
  let base = 0
  for (const { keys } of indexes) {
    const places = orderOfKeys(keys)
    for (const [at, place] of places.entries()) entries[base + at] = base + place
    base += places.length
  }
  return entries
}
