/** In what order records are read. */
import { InvalidArgumentError } from '@tiny-face/record-stream'
import { parseSeed } from '@tiny-face/record-tools'
import { uniformInt } from 'pure-rand/distribution/uniformInt'
import { mersenne } from 'pure-rand/generator/mersenne'
import { orderOfKeys, type RecordIndex } from './read-index.js'

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
  if (typeof order === 'object') return shuffledOrder(count, order.shuffle)
  const entries = new Uint32Array(count)
  let base = 0
  for (const { keys } of indexes) {
    const places = orderOfKeys(keys)
    for (const [at, place] of places.entries()) entries[base + at] = base + place
    base += places.length
  }
  return entries
}

/**
 * A permutation of 0 … count - 1, each as likely as any other as far as a seed of 32 bits allows: Fisher and Yates' shuffle
 * in Durstenfeld's form. For i from count - 1 down to 1 it swaps the i-th with the j-th, where j = (w + 2^31) mod 2^32 mod
 * (i + 1) and w is the next word of MT19937 from the seed (`init_genrand`); words that would make low j likelier are left
 * out (`uniformInt` of pure-rand).
 */
export function shuffledOrder(count: number, seed: number): Uint32Array {
  const order = Uint32Array.from({ length: count }, (_, i) => i)
  const random = mersenne(seed)
  for (let i = count - 1; i > 0; i--) {
    const j = uniformInt(random, 0, i)
    const last = order[i]!
    order[i] = order[j]!
    order[j] = last
  }
  return order
}
