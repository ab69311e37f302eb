/**
 * Where records begin and end in a file, by the headers of their parts alone: what is known of a file before, or without,
 * reading its records. The layout is in `part-header.ts`.
 */
import { DataError } from '@tiny-face/safe-files'
import {
  beginsRecord,
  FIRST,
  LAST,
  MAGIC_BYTES,
  PART_HEADER_BYTES,
  type PartHeader,
  padded,
  readPartHeader,
  WHOLE,
} from '../framing/part-header.js'
import type { RecordFile } from './record-file.js'

const SEARCH_BYTES = 1 << 18
const header = Buffer.alloc(PART_HEADER_BYTES)
const headerView = new DataView(header.buffer, header.byteOffset, header.byteLength)

/**
 * The first place from `from` on where a record begins; the file's size where none does. That is where the magic number
 * stands at a multiple of 4 and the part behind it is a record's first: no record holds these four bytes there.
 */
export function findRecord(file: RecordFile, from: number): number {
  const size = file.size!
  const bytes = Buffer.allocUnsafe(SEARCH_BYTES)
  for (let at = padded(from); at < size; at += SEARCH_BYTES - PART_HEADER_BYTES) {
    const end = file.readAt(bytes, at)
    for (let magic = bytes.indexOf(MAGIC_BYTES); magic >= 0; magic = bytes.indexOf(MAGIC_BYTES, magic + 1)) {
      if (magic + PART_HEADER_BYTES > end) break
      if (magic % 4 === 0 && beginsRecord(bytes, magic)) return at + magic
    }
  }
  return size
}

/** The last place before `before` where a record begins; undefined where none does. */
export function findLastRecord(file: RecordFile, before: number): number | undefined {
  const bytes = Buffer.allocUnsafe(SEARCH_BYTES)
  for (let end = before; end > 0; end -= SEARCH_BYTES - PART_HEADER_BYTES) {
    const start = Math.max(0, padded(end - SEARCH_BYTES))
    const found = bytes.subarray(0, file.readAt(bytes.subarray(0, end - start), start))
    for (let at = found.length & ~3; at >= 0; at -= 4) if (beginsRecord(found, at)) return start + at
  }
  return undefined
}

/**
 * Where the record that begins at `offset` ends, and in how many parts it is.
 *
 * @throws DataError where there is none, or one behind which neither another begins nor the file ends: then its length may be
 *   wrong, and what was read as its bytes not all of them, or more
 */
export function findRecordEnd(file: RecordFile, offset: number): { end: number; parts: number } {
  let end = offset
  for (let parts = 0, cflag = FIRST; ; parts++) {
    if (parts > 0 && (cflag === WHOLE || cflag === LAST)) {
      expectRecord(file, end)
      return { end, parts }
    }
    const next = partAt(file, end, parts === 0)
    cflag = next.cflag
    end = next.end
  }
}

/** @throws DataError where neither a record begins, as far as the file goes, nor the file ends */
function expectRecord(file: RecordFile, offset: number): void {
  const size = file.readAt(header, offset)
  const isMagic = MAGIC_BYTES.every((byte, i) => i >= size || header[i] === byte)
  if (!isMagic || size === PART_HEADER_BYTES) partHeader(file, offset, true)
}

/**
 * @param first whether a record begins here, or goes on
 * @throws DataError where no such part is, or it does not lie within the file
 */
function partAt(file: RecordFile, offset: number, first: boolean): { cflag: number; end: number } {
  const { cflag, length } = partHeader(file, offset, first)
  const needed = PART_HEADER_BYTES + padded(length)
  if (offset + needed > file.size!) {
    const found = `${file.size! - offset} before the end of the file`
    throw new DataError({ file: file.path, offset, expected: `${needed} bytes`, found })
  }
  return { cflag, end: offset + needed }
}

function partHeader(file: RecordFile, offset: number, first: boolean): PartHeader {
  const size = file.readAt(header, offset)
  if (size === PART_HEADER_BYTES) return readPartHeader(headerView, 0, first, () => ({ file: file.path, offset }))
  const expected = `a header of ${PART_HEADER_BYTES} bytes`
  throw new DataError({ file: file.path, offset, expected, found: `${size} before the end of the file` })
}
