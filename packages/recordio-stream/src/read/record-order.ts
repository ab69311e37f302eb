/** In what order records are read. */
import { InvalidArgumentError, parseSeed } from '@tiny-face/command-shell'
import { mersenneTwister, shuffledOrder } from '@tiny-face/seeded-random'
import { orderOfKeys, type RecordIndex } from '../index/read-index.js'

/**
 * `file`: as they lie there. `index`: by their keys, file by file. `shuffle`: all records of all files in one random order,
 * a function of the seed (0 … 2^32 - 1) and of how many records there are.
 */
export type RecordOrder = 'file' | 'index' | { shuffle: number }

/** For commander: reads `file`, `index` or `shuffle:SEED`. */
export function parseOrder(text: string): RecordOrder {
  if (text === 'file' || text === 'index') return text
  const seed = /^shuffle:(.*)$/.exec(text)?.[1]
  if (seed === undefined) throw new InvalidArgumentError('An order is file, index or shuffle:SEED.')
  return { shuffle: parseSeed(seed) }
}

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
