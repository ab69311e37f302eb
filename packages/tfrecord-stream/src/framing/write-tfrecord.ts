import { DataError, writeAll } from '@tiny-face/safe-files'
import { OutputBuffer } from '@tiny-face/shard-writer'
import type { FaceEncoder } from '../example/encode-face.js'
import { FOOTER_BYTES, HEADER_BYTES, lengthCrc, MAX_RECORD_BYTES, maskedCrc } from './tfrecord.js'

/** Writes records to a file descriptor, synchronously and coalesced. */
export class TFRecordWriter {
  readonly #out: OutputBuffer
  #count = 0

  /**
   * @param to a file descriptor, or what takes the bytes; they are valid only during the call
   * @param capacity the bytes that are buffered; a longer record makes the buffer grow to its length
   */
  constructor(to: number | ((bytes: Uint8Array) => void), capacity = 1 << 18) {
    this.#out = new OutputBuffer(typeof to === 'number' ? bytes => writeAll(to, bytes) : to, capacity)
  }

  /** The number of records written. */
  get count(): number {
    return this.#count
  }

  /** @throws DataError where the record is longer than `MAX_RECORD_BYTES` */
  write(data: Uint8Array): void {
    writeRecord(this.#out, data)
    this.#count++
  }

  /** Hands on what is buffered. */
  flush(): void {
    this.#out.flush()
  }
}

/** @throws DataError where the record is longer than `MAX_RECORD_BYTES` */
export function writeRecord(out: OutputBuffer, data: Uint8Array): void {
  const size = data.byteLength
  const start = open(out, size)
  out.bytes.set(data, start)
  close(out, start, size)
}

/**
 * Writes the Example of an image and its label, with no copy of it in between: the fast path of a dataset.
 *
 * @param label a whole number, 0 … `MAX_FACE_LABEL`
 * @throws DataError where the record is longer than `MAX_RECORD_BYTES`
 */
export function writeFace(out: OutputBuffer, encoder: FaceEncoder, image: Uint8Array, label: number): void {
  const size = encoder.size(image.byteLength, label)
  const start = open(out, size)
  encoder.write(out.bytes, start, image, label)
  close(out, start, size)
}

/** Makes room for a record of `size` bytes; returns where its data begins. */
function open(out: OutputBuffer, size: number): number {
  if (size > MAX_RECORD_BYTES) {
    throw new DataError({ expected: `a record of at most ${MAX_RECORD_BYTES} bytes`, found: `${size}` })
  }
  return out.reserve(HEADER_BYTES + size + FOOTER_BYTES) + HEADER_BYTES
}

/** Puts the frame around the data that lies at `start` now. */
function close({ bytes }: OutputBuffer, start: number, size: number): void {
  const header = start - HEADER_BYTES
  bytes.writeUInt32LE(size, header)
  bytes.writeUInt32LE(0, header + 4)
  bytes.writeUInt32LE(lengthCrc(size), header + 8)
  bytes.writeUInt32LE(maskedCrc(new Uint8Array(bytes.buffer, start, size)), start + size)
}
