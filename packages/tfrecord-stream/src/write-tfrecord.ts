import { DataError, writeAll } from '@tiny-face/safe-files'
import type { FaceEncoder } from './encode-face.js'
import { FOOTER_BYTES, HEADER_BYTES, lengthCrc, MAX_RECORD_BYTES, maskedCrc } from './tfrecord.js'

/** Writes records to a file descriptor, synchronously and coalesced. */
export class TFRecordWriter {
  readonly #sink: (bytes: Uint8Array) => void
  #buffer: Buffer
  #length = 0
  #count = 0

  /**
   * @param to a file descriptor, or what takes the bytes; they are valid only during the call
   * @param capacity the bytes that are buffered; a longer record makes the buffer grow to its length
   */
  constructor(to: number | ((bytes: Uint8Array) => void), capacity = 1 << 18) {
    this.#sink = typeof to === 'number' ? bytes => writeAll(to, bytes) : to
    this.#buffer = Buffer.allocUnsafeSlow(capacity)
  }

  /** The number of records written. */
  get count(): number {
    return this.#count
  }

  /** @throws DataError where the record is longer than `MAX_RECORD_BYTES` */
  write(data: Uint8Array): void {
    const start = this.#open(data.byteLength)
    this.#buffer.set(data, start)
    this.#close(start, data.byteLength)
  }

  /**
   * Writes the Example of an image and its label, with no copy of it in between: the fast path of a dataset.
   *
   * @param label a whole number, 0 … `MAX_FACE_LABEL`
   * @throws DataError where the record is longer than `MAX_RECORD_BYTES`
   */
  writeFace(encoder: FaceEncoder, image: Uint8Array, label: number): void {
    const size = encoder.size(image.byteLength, label)
    const start = this.#open(size)
    encoder.write(this.#buffer, start, image, label)
    this.#close(start, size)
  }

  /** Copies a record as it lies in another file: length, data and their CRCs. */
  writeFrame(frame: Uint8Array): void {
    const start = this.#open(frame.byteLength - HEADER_BYTES - FOOTER_BYTES) - HEADER_BYTES
    this.#buffer.set(frame, start)
    this.#length = start + frame.byteLength
    this.#count++
  }

  /** Hands on what is buffered. */
  flush(): void {
    if (this.#length > 0) this.#sink(this.#buffer.subarray(0, this.#length))
    this.#length = 0
  }

  /** Makes room for a record of `size` bytes; returns where its data begins. */
  #open(size: number): number {
    if (size > MAX_RECORD_BYTES) {
      throw new DataError({ expected: `a record of at most ${MAX_RECORD_BYTES} bytes`, found: `${size}` })
    }
    const frame = HEADER_BYTES + size + FOOTER_BYTES
    if (this.#length + frame > this.#buffer.length) {
      this.flush()
      if (frame > this.#buffer.length) this.#buffer = Buffer.allocUnsafeSlow(frame)
    }
    return this.#length + HEADER_BYTES
  }

  /** Puts the frame around the data that lies at `start` now. */
  #close(start: number, size: number): void {
    const end = start + size
    const header = start - HEADER_BYTES
    this.#buffer.writeUInt32LE(size, header)
    this.#buffer.writeUInt32LE(0, header + 4)
    this.#buffer.writeUInt32LE(lengthCrc(size), header + 8)
    this.#buffer.writeUInt32LE(maskedCrc(new Uint8Array(this.#buffer.buffer, start, size)), end)
    this.#length = end + FOOTER_BYTES
    this.#count++
  }
}
