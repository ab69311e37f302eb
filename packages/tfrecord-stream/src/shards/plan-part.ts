import { statSync } from 'node:fs'
import { type Part, partBounds } from '@tiny-face/command-shell'
import { findRecord } from '../framing/find-record.js'
import { fileCompression, type RecordRange, readTFRecord } from '../framing/read-tfrecord.js'
import type { ShardFile } from './find-shards.js'

export interface PartPlan {
  /** The running index, among all records, of the part's first one. */
  firstId: number
  /** What to read of which files, in order. */
  runs: (ShardFile & RecordRange)[]
}

/**
 * What of the files belongs to one part. The bytes of all files are divided evenly, and a record belongs to the part in
 * whose share it begins; a compressed file, which can only be read as a whole, to the one that holds its middle. So the
 * parts follow one another, hold each record once, and differ by about one record (or compressed file).
 *
 * @throws DataError where a length on the way to the part's first record is damaged
 */
export function planPart(files: readonly ShardFile[], part: Part): PartPlan {
  const sizes = files.map(({ path }) => statSync(path).size)
  const { from, to } = partBounds(
    sizes.reduce((sum, size) => sum + size, 0),
    part,
  )
  const plan: PartPlan = { firstId: 0, runs: [] }
  let before = 0
  for (const [index, file] of files.entries()) {
    const size = sizes[index]!
    const compressed = fileCompression(file.path) !== undefined
    // A compressed file is all at its middle.
    const begins = compressed ? before + size / 2 : before
    const ends = compressed ? begins : before + size
    if (begins >= to) break
    if (ends > from || (compressed && begins >= from)) {
      const { offset, record } = begins < from ? findRecord(file.path, from - before) : { offset: 0, record: 0 }
      plan.firstId += record
      plan.runs.push({ ...file, start: offset, record, end: ends <= to ? Number.POSITIVE_INFINITY : to - before })
    } else plan.firstId += file.count ?? countRecords(file.path, compressed)
    before += size
  }
  return plan
}

function countRecords(path: string, compressed: boolean): number {
  if (!compressed) return findRecord(path).record
  let count = 0
  for (const _ of readTFRecord(path)) count++
  return count
}
