/** What number, of the whole, a part's first record has: told by indexes and header rows, without reading what is before it. */
import { lowerBound } from '../index/lower-bound.js'
import type { RecordFile } from './record-file.js'

/**
 * How many records begin before a byte of the files, one after another, if of their images none is left out.
 *
 * @param all whether header and identity rows count
 * @returns undefined where a file has no index that would tell
 */
export function recordsBefore(files: readonly RecordFile[], from: number, all: boolean): number | undefined {
  let count = 0
  let base = 0
  for (const file of files) {
    if (base >= from) break
    const held = recordsIn(file, from - base, all)
    if (held === undefined) return undefined
    count += held
    base += file.size!
  }
  return count
}

function recordsIn({ index, images, header, size }: RecordFile, to: number, all: boolean): number | undefined {
  if (index === undefined) return all || to < size! ? undefined : images
  const entries = lowerBound(index.offsets, to)
  if (all || header === undefined) return entries
  let rows = 0
  for (let entry = 0; entry < entries; entry++) {
    const key = index.keys[entry]!
    if (key === 0 || (Number(key) >= header.start && Number(key) < header.end)) rows++
  }
  return entries - rows
}
