/**
 * The TFRecord format (tensorflow/core/lib/io/record_writer.h): records one after another, no header, no trailer; a file of
 * zero bytes holds none.
 *
 *     uint64  length            little-endian
 *     uint32  masked CRC-32C of the 8 bytes of length
 *     bytes   data[length]
 *     uint32  masked CRC-32C of data
 *
 * masked = ((crc >> 15) | (crc << 17)) + 0xa282ead8, modulo 2^32. The whole file may be compressed with GZIP or ZLIB
 * (@tiny-face/zlib-stream).
 */
import { crc32c } from '@node-rs/crc32'
import { fileKind } from '@tiny-face/file-signatures'
import { DataError } from '@tiny-face/safe-files'
import { type Compression, compressionOf } from '@tiny-face/zlib-stream'

/** Bytes before the data: length and its CRC. */
export const HEADER_BYTES = 12
/** Bytes after the data: its CRC. */
export const FOOTER_BYTES = 4
/** The largest record that is read or written: 1 GiB, half of what a protobuf message may have. */
export const MAX_RECORD_BYTES = 2 ** 30

export interface TFRecord {
  /** Where the record's length lies, in bytes from the start of the (uncompressed) file. */
  offset: number
  data: Uint8Array
}

/** Where a record lies, for messages: the file, the byte of its length, its number from 0. */
export interface Place {
  file: string
  offset: number
  record: number
}

export function maskedCrc(bytes: Uint8Array): number {
  return mask(crc32c(bytes))
}

/** `maskedCrc` of the 8 bytes that say a length, in two halves; computed here, for so few bytes take less time than a call of the library does. */
export function lengthCrc(low: number, high = 0): number {
  let crc = 0xffffffff
  for (let byte = 0; byte < 4; byte++) crc = CRC_TABLE[(crc ^ (low >>> (8 * byte))) & 0xff]! ^ (crc >>> 8)
  for (let byte = 0; byte < 4; byte++) crc = CRC_TABLE[(crc ^ (high >>> (8 * byte))) & 0xff]! ^ (crc >>> 8)
  return mask(~crc)
}

function mask(crc: number): number {
  return (((crc >>> 15) | (crc << 17)) + 0xa282ead8) >>> 0
}

/** What a byte does to a CRC-32C (Castagnoli's polynomial, reflected). */
const CRC_TABLE = Uint32Array.from({ length: 256 }, (_, byte) => {
  let crc = byte
  for (let bit = 0; bit < 8; bit++) crc = (crc >>> 1) ^ (crc & 1 ? 0x82f63b78 : 0)
  return crc
})

/**
 * How a file is compressed, by its first 12 bytes (all it has, where those are fewer). The length that a TFRecord begins
 * with may look like either kind's magic number; but it carries a CRC, and that decides.
 */
export function tfrecordCompression(head: Buffer): Compression | undefined {
  if (head.length >= HEADER_BYTES) {
    if (head.readUInt32LE(8) === lengthCrc(head.readUInt32LE(0), head.readUInt32LE(4))) return undefined
  }
  return compressionOf(head)
}

/**
 * How many bytes the record takes whose header lies at `at`, header and footer included.
 *
 * @param end where the bytes end that have come: of a file that is no TFRecord, they tell what it is
 * @throws DataError where the CRC does not match, or the record is longer than `MAX_RECORD_BYTES`
 */
export function frameBytes(
  bytes: Buffer,
  at: number,
  end: number,
  file: string,
  offset: number,
  record: number,
): number {
  const low = bytes.readUInt32LE(at)
  const high = bytes.readUInt32LE(at + 4)
  const stored = bytes.readUInt32LE(at + 8)
  const computed = lengthCrc(low, high)
  if (stored !== computed) {
    if (offset === 0) refuseOther(bytes.subarray(at, end), file)
    throw wrongCrc('the length', stored, computed, { file, offset, record })
  }
  if (high !== 0 || low > MAX_RECORD_BYTES) {
    const found = `${bytes.readBigUInt64LE(at)}`
    throw new DataError({ file, offset, record, expected: `a record of at most ${MAX_RECORD_BYTES} bytes`, found })
  }
  return HEADER_BYTES + low + FOOTER_BYTES
}

/** Fewer bytes may be the beginning of a length, or of a compressed file, as well as of a text. */
const TELLING_BYTES = 3

/**
 * @param head the first bytes of a file that does not begin as a TFRecord does
 * @throws DataError where they say that it is another kind of file
 */
export function refuseOther(head: Uint8Array, file: string): void {
  const kind = head.length < TELLING_BYTES ? undefined : fileKind(head)
  if (kind !== undefined) throw new DataError({ file, expected: 'a TFRecord file', found: kind })
}

/**
 * The data of a record, a view of the bytes in which it lies from `at` on, `total` bytes long.
 *
 * @throws DataError where the CRC does not match
 */
export function frameData(
  bytes: Buffer,
  at: number,
  total: number,
  file: string,
  offset: number,
  record: number,
): Uint8Array {
  // A Uint8Array, for a Buffer takes longer to make.
  const data = new Uint8Array(bytes.buffer, bytes.byteOffset + at + HEADER_BYTES, total - HEADER_BYTES - FOOTER_BYTES)
  const stored = bytes.readUInt32LE(at + total - FOOTER_BYTES)
  const computed = maskedCrc(data)
  if (stored !== computed) throw wrongCrc('the data', stored, computed, { file, offset, record })
  return data
}

function wrongCrc(what: string, stored: number, computed: number, place: Place): DataError {
  return new DataError({ ...place, expected: `masked CRC-32C ${hex(stored)} of ${what}`, found: hex(computed) })
}

function hex(crc: number): string {
  return `0x${crc.toString(16).padStart(8, '0')}`
}
