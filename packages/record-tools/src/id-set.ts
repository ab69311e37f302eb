import { readFileSync } from 'node:fs'
import { type RecordId, UsageError } from '@tiny-face/safe-files'
import { labelRanks, parseLabelRanges } from './label-ranges.js'

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
  const entries = text.startsWith('@') ? linesOf(text.slice(1)) : text.split(',')
  const isRange = (entry: string) => /^\d{1,15}-\d{1,15}$/.test(entry)
  // A range may be the name of a record, too: no number is written so.
  const ids = new Set(entries)
  if (ids.has('')) throw new UsageError(`expected ids such as 7,40-59, or @FILE, found '${text}'`)
  const ranges = entries.filter(isRange).join(',')
  const rankOf = labelRanks(ranges === '' ? [] : parseLabelRanges(ranges))
  return { has: id => ids.has(`${id}`) || (typeof id !== 'string' && rankOf(Number(id)) >= 0) }
}

function linesOf(file: string): string[] {
  const lines = readFileSync(file, 'utf8')
    .split(/\r?\n/)
    .filter(line => line !== '')
  if (lines.length === 0) throw new UsageError(`${file}: expected an id on each line, found an empty file`)
  return lines
}
