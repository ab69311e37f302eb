/**
 * The TFRecord format (tensorflow/core/lib/io/record_writer.h): records one after another, no header, no trailer; a file of
 * zero bytes holds none.
 *
 *     uint64  length            little-endian
 *     uint32  masked CRC-32C of the 8 bytes of length
 *     bytes   data[length]
 *     uint32  masked CRC-32C of data
 *
 * masked = ((crc >> 15) | (crc << 17)) + 0xa282ead8, modulo 2^32. The whole file may be compressed with GZIP.
 */
import { crc32c } from '@node-rs/crc32'
import { DataError } from '@tiny-face/record-stream'

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

/** `maskedCrc` of the 8 bytes that say a length below 2^32: so few are done sooner here than handed to a library. */
export function lengthCrc(length: number): number {
  let crc = 0xffffffff
  for (let byte = 0; byte < 4; byte++) crc = CRC_TABLE[(crc ^ (length >>> (8 * byte))) & 0xff]! ^ (crc >>> 8)
  for (let byte = 4; byte < 8; byte++) crc = CRC_TABLE[crc & 0xff]! ^ (crc >>> 8)
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
 * How many bytes the record that begins with `header` takes, header and footer included.
 *
 * @throws DataError where the CRC does not match, or the record is longer than `MAX_RECORD_BYTES`
 */
export function frameBytes(header: Buffer, place: Place): number {
  checkCrc('the length', header.subarray(0, 8), header.readUInt32LE(8), place)
  const length = header.readBigUInt64LE(0)
  if (length > MAX_RECORD_BYTES) {
    throw new DataError({ ...place, expected: `a record of at most ${MAX_RECORD_BYTES} bytes`, found: `${length}` })
  }
  return HEADER_BYTES + Number(length) + FOOTER_BYTES
}

/**
 * The data of a whole record, a view of its bytes.
 *
 * @throws DataError where the CRC does not match
 */
export function frameData(frame: Buffer, place: Place): Buffer {
  const data = frame.subarray(HEADER_BYTES, frame.length - FOOTER_BYTES)
  checkCrc('the data', data, frame.readUInt32LE(frame.length - FOOTER_BYTES), place)
  return data
}

/** Whether a file's first bytes are those of GZIP with deflate, and not of a TFRecord whose length looks alike. */
export function isGzip(head: Buffer): boolean {
  if (head.length < 3 || head[0] !== 0x1f || head[1] !== 0x8b || head[2] !== 0x08) return false
  return head.length < HEADER_BYTES || head.readUInt32LE(8) !== maskedCrc(head.subarray(0, 8))
}

function checkCrc(what: string, bytes: Uint8Array, stored: number, place: Place): void {
  const computed = maskedCrc(bytes)
  if (stored !== computed) {
    throw new DataError({ ...place, expected: `masked CRC-32C ${hex(stored)} of ${what}`, found: hex(computed) })
  }
}

function hex(crc: number): string {
  return `0x${crc.toString(16).padStart(8, '0')}`
}
