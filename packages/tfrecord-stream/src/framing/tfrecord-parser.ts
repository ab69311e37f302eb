import { DataError } from '@tiny-face/safe-files'
import { frameBytes, frameData, HEADER_BYTES, refuseOther, type TFRecord } from './tfrecord.js'

/** Bytes that are read at once: small enough to stay in the processor's cache until they are written on. */
const CAPACITY = 1 << 18

/**
 * Bytes in, records out, and nothing asked of where bytes come from: read into `room` and say how much was `filled`, or
 * `push` bytes; take records by `next` until there is none; and `finish`. Data is a view, valid until more bytes come.
 */
export class TFRecordParser {
  readonly #file: string
  #buffer = Buffer.allocUnsafeSlow(CAPACITY)
  /** Where the next record begins in the buffer, and where the bytes that have come end. */
  #start = 0
  #end = 0
  /** How long the next record is, where that is known. */
  #total = 0
  #offset: number
  #record: number

  /**
   * @param file what messages call the source
   * @param at where in the source the bytes begin
   */
  constructor(file: string, at: { offset: number; record: number } = { offset: 0, record: 0 }) {
    this.#file = file
    this.#offset = at.offset
    this.#record = at.record
  }

  /** Where the next record begins in the source. */
  get offset(): number {
    return this.#offset
  }

  /** Where the next bytes may be read to; at least one. */
  room(): Buffer {
    if (this.#start > 0) {
      this.#buffer.copyWithin(0, this.#start, this.#end)
      this.#end -= this.#start
      this.#start = 0
    }
    if (this.#end === this.#buffer.length) {
      // Grows with the bytes that came, not with what a header promises.
      const larger = Buffer.allocUnsafeSlow(Math.min(2 * this.#end, this.#total))
      this.#buffer.copy(larger, 0, 0, this.#end)
      this.#buffer = larger
    }
    return this.#buffer.subarray(this.#end)
  }

  filled(size: number): void {
    this.#end += size
  }

  /** Yields the records that the bytes complete. */
  *push(bytes: Uint8Array): Generator<TFRecord, void, undefined> {
    for (let at = 0; at < bytes.byteLength; ) {
      const room = this.room()
      const size = Math.min(room.length, bytes.byteLength - at)
      room.set(bytes.subarray(at, at + size))
      this.filled(size)
      at += size
      for (let record = this.next(); record !== undefined; record = this.next()) yield record
    }
  }

  /**
   * @returns undefined where more bytes are needed
   * @throws DataError where a CRC does not match or a record is longer than `MAX_RECORD_BYTES`
   */
  next(): TFRecord | undefined {
    const start = this.#start
    const held = this.#end - start
    if (held < HEADER_BYTES) return undefined
    const offset = this.#offset
    const total = frameBytes(this.#buffer, start, this.#end, this.#file, offset, this.#record)
    this.#total = total
    if (held < total) return undefined
    const data = frameData(this.#buffer, start, total, this.#file, offset, this.#record)
    this.#start = start + total
    this.#offset = offset + total
    this.#record++
    return { offset, data }
  }

  /** @throws DataError where the last record is cut off */
  finish(): void {
    const held = this.#end - this.#start
    if (held === 0) return
    if (held < HEADER_BYTES && this.#offset === 0)
      refuseOther(this.#buffer.subarray(this.#start, this.#end), this.#file)
    const expected =
      held < HEADER_BYTES
        ? `${HEADER_BYTES} bytes of a record's length and its CRC`
        : `${this.#total} bytes of a record`
    throw new DataError({
      file: this.#file,
      offset: this.#offset,
      record: this.#record,
      expected,
      found: `the end of the file after ${held}`,
    })
  }
}
