import { InvalidArgumentError, parseSeed } from '@tiny-face/command-shell'

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
