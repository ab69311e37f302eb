/**
 * Where records begin and end in a file, by the headers of their parts alone: what is known of a file before, or without,
 * reading its records. The layout is in `scan-records.ts`.
 */
import { DataError } from '@tiny-face/record-stream'
import type { RecordFile } from './record-file.js'
import {
  FIRST,
  hex,
  LAST,
  MAGIC,
  MAGIC_BYTES,
  MAX_RECORD_BYTES,
  MIDDLE,
  PART_HEADER_BYTES,
  padded,
  WHOLE,
} from './scan-records.js'

const SEARCH_BYTES = 1 << 18
const header = Buffer.alloc(PART_HEADER_BYTES)

/**
 * The first place from `from` on where a record begins; the file's size where none does. That is where the magic number
 * stands at a multiple of 4 and the part behind it is a record's first: no record holds these four bytes there.
 */
export function findRecord(file: RecordFile, from: number): number {
  const size = file.size!
  const bytes = Buffer.allocUnsafe(SEARCH_BYTES)
  for (let at = padded4(from); at < size; at += SEARCH_BYTES - PART_HEADER_BYTES) {
    const end = file.readAt(bytes, at)
    for (let magic = bytes.indexOf(MAGIC_BYTES); magic >= 0; magic = bytes.indexOf(MAGIC_BYTES, magic + 1)) {
      if (magic + PART_HEADER_BYTES > end) break
      const cflag = bytes[magic + 7]! >>> 5
      if (magic % 4 === 0 && (cflag === WHOLE || cflag === FIRST)) return at + magic
    }
  }
  return size
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

function partHeader(file: RecordFile, offset: number, first: boolean): { cflag: number; length: number } {
  const fault = { file: file.path, offset }
  const size = file.readAt(header, offset)
  if (size < PART_HEADER_BYTES) {
    const expected = `a header of ${PART_HEADER_BYTES} bytes`
    throw new DataError({ ...fault, expected, found: `${size} before the end of the file` })
  }
  const magic = header.readUInt32LE(0)
  if (magic !== MAGIC) {
    throw new DataError({ ...fault, expected: `the magic number ${hex(MAGIC)}`, found: hex(magic) })
  }
  const word = header.readUInt32LE(4)
  const cflag = word >>> 29
  if (first ? cflag !== WHOLE && cflag !== FIRST : cflag !== MIDDLE && cflag !== LAST) {
    const expected = first ? 'the start of a record (cflag 0 or 1)' : 'the next part of the record (cflag 2 or 3)'
    throw new DataError({ ...fault, expected, found: `cflag ${cflag}` })
  }
  return { cflag, length: word & MAX_RECORD_BYTES }
}

/** `padded` for offsets, which may be more than 32 bits. */
function padded4(offset: number): number {
  return Math.ceil(offset / 4) * 4
}
