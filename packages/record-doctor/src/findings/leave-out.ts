import type { RecordId } from '@tiny-face/safe-files'
import type { Examination } from '../examine-dataset.js'
import type { PictureTable } from '../picture-table.js'
import type { Finding, FindingKind } from './finding.js'

/** What a dataset is better without: records by their ids, or people by their labels. `record-select` takes either as a list. */
export type LeaveOut = { ids: RecordId[] } | { labels: number[] }

const ALL: readonly FindingKind[] = ['undecodable', 'blank', 'bad-label']
const ALL_BUT_THE_FIRST: readonly FindingKind[] = ['exact-duplicate', 'near-duplicate', 'mirrored-duplicate']
const PEOPLE: readonly FindingKind[] = ['test-overlap', 'few-images']

/**
 * @returns undefined for what only eyes can decide, and for pictures that no id names alone: one without an id, or one whose id another
 *   picture has too (of two datasets in one stream, say), which would be left out with it
 */
export function leaveOut({ table }: Examination, { kind, rows, label }: Finding): LeaveOut | undefined {
  if (PEOPLE.includes(kind)) return label === undefined ? undefined : { labels: [label] }
  const out = ALL.includes(kind) ? rows : ALL_BUT_THE_FIRST.includes(kind) ? rows.slice(1) : []
  const ids = out.map(row => table.id(row)).filter(id => id !== undefined)
  if (ids.length === 0 || ids.length < out.length) return undefined
  const named = idRows(table)
  return ids.every(id => named.get(id) === 1) ? { ids } : undefined
}

const counted = new WeakMap<PictureTable, Map<RecordId, number>>()

/** How many pictures have an id: counted once for all findings. */
function idRows(table: PictureTable): Map<RecordId, number> {
  const known = counted.get(table)
  if (known !== undefined) return known
  const rows = new Map<RecordId, number>()
  for (let row = 0; row < table.count; row++) {
    const id = table.id(row)
    if (id !== undefined) rows.set(id, (rows.get(id) ?? 0) + 1)
  }
  counted.set(table, rows)
  return rows
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
