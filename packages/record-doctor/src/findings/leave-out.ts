import type { RecordId } from '@tiny-face/safe-files'
import type { Examination } from '../examine-dataset.js'
import type { Finding, FindingKind } from './finding.js'

/** What a dataset is better without: records by their ids, or people by their labels. `record-select` takes either as a list. */
export type LeaveOut = { ids: RecordId[] } | { labels: number[] }

const ALL: readonly FindingKind[] = ['undecodable', 'blank', 'bad-label']
const ALL_BUT_THE_FIRST: readonly FindingKind[] = ['exact-duplicate', 'near-duplicate', 'mirrored-duplicate']
const PEOPLE: readonly FindingKind[] = ['test-overlap', 'few-images']

/**
 * @returns undefined for what only eyes can decide, for pictures of a test set, and for those that no id names alone: one without an id, or
 *   one whose id another picture has too (of two datasets in one stream, say), which would be left out with it
 */
export function leaveOut(examination: Examination, { kind, rows, label }: Finding): LeaveOut | undefined {
  const { table, from, repeatedIds } = examination
  if (PEOPLE.includes(kind)) return label === undefined ? undefined : { labels: [label] }
  const own = rows.filter(row => row >= from)
  const out = ALL.includes(kind) ? own : ALL_BUT_THE_FIRST.includes(kind) ? own.slice(1) : []
  const ids = out.map(row => table.id(row)).filter(id => id !== undefined)
  if (ids.length === 0 || ids.length < out.length) return undefined
  return ids.some(id => repeatedIds.has(id)) ? undefined : { ids }
}

/** Whole numbers in ascending order, runs of them as ranges: `7`, `40-59`. */
export function inRanges(numbers: readonly number[]): string[] {
  const ascending = [...new Set(numbers)].sort((a, b) => a - b)
  const ranges: [first: number, last: number][] = []
  for (const number of ascending) {
    const range = ranges.at(-1)
    if (range !== undefined && number === range[1] + 1) range[1] = number
    else ranges.push([number, number])
  }
  return ranges.map(([first, last]) => (first === last ? `${first}` : `${first}-${last}`))
}
