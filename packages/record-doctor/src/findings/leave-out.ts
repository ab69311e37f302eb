import type { RecordId } from '@tiny-face/safe-files'
import type { Examination } from '../examine.js'
import type { Finding, FindingKind } from './findings.js'

/** What a dataset is better without: records by their ids, or people by their labels. `record-select` takes either as a list. */
export type LeaveOut = { ids: RecordId[] } | { labels: number[] }

const ALL: readonly FindingKind[] = ['undecodable', 'blank', 'bad-label']
const ALL_BUT_THE_FIRST: readonly FindingKind[] = ['exact-duplicate', 'near-duplicate', 'mirrored-duplicate']
const PEOPLE: readonly FindingKind[] = ['test-overlap', 'few-images']

/** @returns undefined for what only eyes can decide, and for pictures of which some have no id to be named by */
export function leaveOut({ table }: Examination, { kind, rows, label }: Finding): LeaveOut | undefined {
  if (PEOPLE.includes(kind)) return label === undefined ? undefined : { labels: [label] }
  const out = ALL.includes(kind) ? rows : ALL_BUT_THE_FIRST.includes(kind) ? rows.slice(1) : []
  const ids = out.map(row => table.id(row)).filter(id => id !== undefined)
  return ids.length === 0 || ids.length < out.length ? undefined : { ids }
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
