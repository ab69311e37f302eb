import { type RecordId, UsageError } from '@tiny-face/safe-files'
import { labelRanks, readLabelRanges } from './label-ranges.js'
import { listedEntries } from './listed-entries.js'

/** Ids of records: whole numbers in ranges, and any others by name. */
export interface IdSet {
  has(id: RecordId): boolean
}

/**
 * Reads `7,40-59`, or, of `@FILE`, the file's lines: an id each, which may be a path, or a range of numbers.
 *
 * @throws UsageError where the text is no such list, or names a file that is empty
 */
export function readIds(text: string): IdSet {
  const entries = listedEntries(text, 'an id')
  const isRange = (entry: string) => /^\d{1,15}-\d{1,15}$/.test(entry)
  // A range may be the name of a record, too: no number is written so.
  const ids = new Set(entries)
  if (ids.has('')) throw new UsageError(`expected ids such as 7,40-59, or @FILE, found '${text}'`)
  const ranges = entries.filter(isRange).join(',')
  const rankOf = labelRanks(ranges === '' ? [] : readLabelRanges(ranges))
  return { has: id => ids.has(`${id}`) || (typeof id !== 'string' && rankOf(Number(id)) >= 0) }
}
