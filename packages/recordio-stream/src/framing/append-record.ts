/** Records to the parts of a `.rec` file: the other way of `recordio-parser.ts`. */
import { DataError } from '@tiny-face/safe-files'
import type { BlockFile } from './block-file.js'
import {
  FIRST,
  LAST,
  MAGIC_BYTES,
  MAX_RECORD_BYTES,
  MIDDLE,
  PART_HEADER_BYTES,
  padded,
  WHOLE,
  writePartHeader,
} from './part-header.js'

/**
 * Appends a record, given in two pieces of which the first is a multiple of 4 bytes long or the second is empty.
 *
 * @returns where it begins
 * @throws DataError where it is longer than a record may be
 */
export function appendRecord(file: BlockFile, header: Uint8Array, payload: Uint8Array): number {
  const offset = file.position
  const length = header.length + payload.length
  if (length > MAX_RECORD_BYTES) {
    throw new DataError({ expected: `a record of at most ${MAX_RECORD_BYTES} bytes`, found: `${length}` })
  }
  const room = file.room(PART_HEADER_BYTES + padded(length))
  const record = room.subarray(PART_HEADER_BYTES, PART_HEADER_BYTES + length)
  record.set(header)
  record.set(payload, header.length)
  const cut = nextMagic(record, 0)
  if (cut >= 0) {
    appendParts(file, Uint8Array.from(record), cut)
    return offset
  }
  writePartHeader(room, { cflag: WHOLE, length })
  room.fill(0, PART_HEADER_BYTES + length)
  file.filled(room.length)
  return offset
}

function appendParts(file: BlockFile, record: Uint8Array, firstCut: number): void {
  let start = 0
  for (let cut = firstCut; cut >= 0; cut = nextMagic(record, start)) {
    appendPart(file, start === 0 ? FIRST : MIDDLE, record.subarray(start, cut))
    start = cut + MAGIC_BYTES.length
  }
  appendPart(file, LAST, record.subarray(start))
}

function appendPart(file: BlockFile, cflag: number, part: Uint8Array): void {
  const room = file.room(PART_HEADER_BYTES + padded(part.length))
  writePartHeader(room, { cflag, length: part.length })
  room.set(part, PART_HEADER_BYTES)
  room.fill(0, PART_HEADER_BYTES + part.length)
  file.filled(room.length)
}

/** Where the magic number stands next at a multiple of 4, or -1. */
export function nextMagic(record: Uint8Array, from: number): number {
  const bytes = Buffer.from(record.buffer, record.byteOffset, record.byteLength)
  for (let at = bytes.indexOf(MAGIC_BYTES, from); at >= 0; at = bytes.indexOf(MAGIC_BYTES, at + 1)) {
    if (at % 4 === 0) return at
  }
  return -1
}
