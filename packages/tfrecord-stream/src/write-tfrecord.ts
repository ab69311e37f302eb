import { DataError, writeAll } from '@tiny-face/record-stream'
import { FOOTER_BYTES, HEADER_BYTES, MAX_RECORD_BYTES, maskedCrc } from './tfrecord.js'

/** Writes records to a file descriptor, synchronously and coalesced. */
export class TFRecordWriter {
  readonly #sink: (bytes: Uint8Array) => void
  readonly #buffer: Buffer
  #length = 0
  #count = 0

  /**
   * @param to a file descriptor, or what takes the bytes; they are valid only during the call
   * @param capacity the bytes that are buffered
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
    const { header, footer } = frameOf(data)
    this.#put(header)
    this.#put(data)
    this.#put(footer)
    this.#count++
  }

  /** Hands on what is buffered. */
  flush(): void {
    if (this.#length > 0) this.#sink(this.#buffer.subarray(0, this.#length))
    this.#length = 0
  }

  #put(bytes: Uint8Array): void {
    if (this.#length + bytes.byteLength > this.#buffer.length) this.flush()
    if (bytes.byteLength > this.#buffer.length) this.#sink(bytes)
    else {
      this.#buffer.set(bytes, this.#length)
      this.#length += bytes.byteLength
    }
  }
}

/** The bytes of one record before and after its data. */
function frameOf(data: Uint8Array): { header: Buffer; footer: Buffer } {
  if (data.byteLength > MAX_RECORD_BYTES) {
    throw new DataError({ expected: `a record of at most ${MAX_RECORD_BYTES} bytes`, found: `${data.byteLength}` })
  }
  const header = Buffer.allocUnsafe(HEADER_BYTES)
  header.writeBigUInt64LE(BigInt(data.byteLength))
  header.writeUInt32LE(maskedCrc(header.subarray(0, 8)), 8)
  const footer = Buffer.allocUnsafe(FOOTER_BYTES)
  footer.writeUInt32LE(maskedCrc(data))
  return { header, footer }
}
