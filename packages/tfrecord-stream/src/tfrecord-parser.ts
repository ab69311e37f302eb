import { DataError } from '@tiny-face/record-stream'
import { frameBytes, frameData, HEADER_BYTES, type Place, type TFRecord } from './tfrecord.js'

const NOTHING = Buffer.alloc(0)

/**
 * Bytes in, records out, and nothing asked of where bytes come from: `push` chunks of any size, then `finish`. Data is a
 * view of the chunk where it lies in one, and valid until the next record is asked for. Both CRCs are checked.
 */
export class TFRecordParser {
  readonly #file: string
  /** The beginning of a record that the chunks so far have not completed. */
  #held: Buffer<ArrayBufferLike> = NOTHING
  #heldLength = 0
  #offset = 0
  #record = 0

  /** @param file what messages call the source */
  constructor(file: string) {
    this.#file = file
  }

  /**
   * Yields the records that the chunk completes.
   *
   * @throws DataError where a CRC does not match or a record is longer than `MAX_RECORD_BYTES`
   */
  *push(chunk: Uint8Array): Generator<TFRecord, void, undefined> {
    const bytes = Buffer.from(chunk.buffer, chunk.byteOffset, chunk.byteLength)
    let at = 0
    if (this.#heldLength > 0) {
      at += this.#hold(bytes, HEADER_BYTES)
      if (this.#heldLength < HEADER_BYTES) return
      const total = frameBytes(this.#held, this.#place())
      at += this.#hold(bytes.subarray(at), total)
      if (this.#heldLength < total) return
      this.#heldLength = 0
      yield this.#complete(this.#held.subarray(0, total))
    }
    while (bytes.length - at >= HEADER_BYTES) {
      const total = frameBytes(bytes.subarray(at, at + HEADER_BYTES), this.#place())
      if (bytes.length - at < total) break
      const frame = bytes.subarray(at, at + total)
      at += total
      yield this.#complete(frame)
    }
    this.#hold(bytes.subarray(at), bytes.length - at)
  }

  /** @throws DataError where the last record is cut off */
  finish(): void {
    if (this.#heldLength === 0) return
    const expected =
      this.#heldLength < HEADER_BYTES
        ? `${HEADER_BYTES} bytes of a record's length and its CRC`
        : `${frameBytes(this.#held, this.#place())} bytes of a record`
    throw new DataError({ ...this.#place(), expected, found: `the end of the file after ${this.#heldLength}` })
  }

  /** Adds to what is held until that is `total` bytes long; returns how many bytes it took. */
  #hold(bytes: Buffer, total: number): number {
    const size = Math.min(bytes.length, total - this.#heldLength)
    if (size <= 0) return 0
    if (this.#heldLength + size > this.#held.length) {
      // Grows with the bytes that came, not with what a header promises.
      const larger = Buffer.allocUnsafeSlow(Math.max(2 * this.#held.length, this.#heldLength + size))
      this.#held.copy(larger, 0, 0, this.#heldLength)
      this.#held = larger
    }
    bytes.copy(this.#held, this.#heldLength, 0, size)
    this.#heldLength += size
    return size
  }

  #complete(frame: Buffer): TFRecord {
    const record = { offset: this.#offset, data: frameData(frame, this.#place()) }
    this.#offset += frame.length
    this.#record++
    return record
  }

  #place(): Place {
    return { file: this.#file, offset: this.#offset, record: this.#record }
  }
}
