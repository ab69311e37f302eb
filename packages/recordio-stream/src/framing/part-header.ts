/**
 * RecordIO's framing (dmlc-core include/dmlc/recordio.h and src/recordio.cc). A file is parts, one after another, all words
 * little-endian:
 *
 *     uint32   magic number 0xced7230a
 *     uint32   cflag << 29 | length     cflag 0: a whole record; 1, 2, 3: the first, a middle, the last part of one
 *     byte     payload[length]
 *     byte     padding to a multiple of 4, not looked at
 *
 * No record holds the magic number at a multiple of 4: the writer cuts a record there and leaves the magic number out, the
 * reader joins the parts with it. So a reader can find the next record from any place in a file.
 */
import { DataError, type Fault } from '@tiny-face/safe-files'

export const MAGIC = 0xced7230a
/** The bytes of `MAGIC` in a file. */
export const MAGIC_BYTES = Uint8Array.of(0x0a, 0x23, 0xd7, 0xce)
export const PART_HEADER_BYTES = 8
/** The longest record, and the longest part: a length has 29 bits. */
export const MAX_RECORD_BYTES = 2 ** 29 - 1

export const WHOLE = 0
export const FIRST = 1
export const MIDDLE = 2
export const LAST = 3

export interface PartHeader {
  cflag: number
  /** Of the payload, without padding. */
  length: number
}

/**
 * Reads the header of the part at a place of some bytes.
 *
 * @param first whether a record begins here, or goes on
 * @param place where in which file, for the error
 * @throws DataError where no such part begins here
 */
export function readPartHeader(bytes: DataView, at: number, first: boolean, place: () => Fault): PartHeader {
  const magic = bytes.getUint32(at, true)
  if (magic !== MAGIC) {
    throw new DataError({ ...place(), expected: `the magic number ${hex(MAGIC)}`, found: hex(magic) })
  }
  const word = bytes.getUint32(at + 4, true)
  const cflag = word >>> 29
  if (first ? cflag !== WHOLE && cflag !== FIRST : cflag !== MIDDLE && cflag !== LAST) {
    const expected = first ? 'the start of a record (cflag 0 or 1)' : 'the next part of the record (cflag 2 or 3)'
    throw new DataError({ ...place(), expected, found: `cflag ${cflag}` })
  }
  return { cflag, length: word & MAX_RECORD_BYTES }
}

export function writePartHeader(room: Buffer, { cflag, length }: PartHeader): void {
  room.writeUInt32LE(MAGIC, 0)
  room.writeUInt32LE(((cflag << 29) | length) >>> 0, 4)
}

/** Whether a record begins at a place of some bytes. */
export function beginsRecord(bytes: Uint8Array, at = 0): boolean {
  if (at + PART_HEADER_BYTES > bytes.length) return false
  const cflag = bytes[at + 7]! >>> 5
  return MAGIC_BYTES.every((byte, i) => bytes[at + i] === byte) && (cflag === WHOLE || cflag === FIRST)
}

/** A length, or an offset of more than 32 bits, rounded up to a multiple of 4. */
export function padded(length: number): number {
  return length + (-length & 3)
}

function hex(word: number): string {
  return `0x${word.toString(16).padStart(8, '0')}`
}
