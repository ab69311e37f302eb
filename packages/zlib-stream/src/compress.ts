/**
 * Files compressed as a whole:
 *
 *     GZIP (RFC 1952)   1f 8b 08, flags, time, system; deflate; CRC-32 and length modulo 2^32, little-endian
 *     ZLIB (RFC 1950)   78 9c; deflate; Adler-32, big-endian
 *
 * Node has no synchronous deflate that goes on from call to call. Blocks deflated each on its own and ended by a sync flush
 * (an empty stored block up to the next whole byte) are one deflate stream when they lie one after another: so each block is
 * one synchronous call, and the file is one member.
 */
import { constants, deflateRawSync } from 'node:zlib'
import { crc32 } from '@node-rs/crc32'

export type Compression = 'gzip' | 'zlib'

/** Bytes that are deflated at once, unless told otherwise. */
const BLOCK = 1 << 20
/** No time, no name, system unknown: the same input makes the same file. */
const GZIP_HEADER = Buffer.of(0x1f, 0x8b, 8, 0, 0, 0, 0, 0, 0, 0xff)
const ZLIB_HEADER = Buffer.of(0x78, 0x9c)
/** An empty last block of deflate. */
const LAST_BLOCK = Buffer.of(0x03, 0x00)

/** Compresses what is written to it, synchronously and in bounded memory; the bytes depend on the input and on Node's zlib alone. */
export class CompressedSink {
  readonly #kind: Compression
  readonly #sink: (bytes: Uint8Array) => void
  readonly #block: Buffer
  #length = 0
  #total = 0
  #checksum: number

  /**
   * @param sink takes the compressed bytes
   * @param block bytes that are held and deflated at once
   */
  constructor(kind: Compression, sink: (bytes: Uint8Array) => void, block = BLOCK) {
    this.#kind = kind
    this.#sink = sink
    this.#block = Buffer.allocUnsafeSlow(block)
    this.#checksum = kind === 'gzip' ? 0 : 1
    sink(kind === 'gzip' ? GZIP_HEADER : ZLIB_HEADER)
  }

  write(bytes: Uint8Array): void {
    for (let at = 0; at < bytes.byteLength; ) {
      const size = Math.min(bytes.byteLength - at, this.#block.length - this.#length)
      this.#block.set(bytes.subarray(at, at + size), this.#length)
      this.#length += size
      at += size
      if (this.#length === this.#block.length) this.#deflate()
    }
  }

  /** Writes what is left and the end; without it the file is cut off. */
  finish(): void {
    this.#deflate()
    this.#sink(LAST_BLOCK)
    const trailer = Buffer.alloc(this.#kind === 'gzip' ? 8 : 4)
    if (this.#kind === 'gzip') trailer.writeUInt32LE(this.#total % 2 ** 32, trailer.writeUInt32LE(this.#checksum))
    else trailer.writeUInt32BE(this.#checksum)
    this.#sink(trailer)
  }

  #deflate(): void {
    if (this.#length === 0) return
    const block = this.#block.subarray(0, this.#length)
    this.#checksum = this.#kind === 'gzip' ? crc32(block, this.#checksum) : adler32(block, this.#checksum)
    this.#total += block.length
    this.#length = 0
    this.#sink(deflateRawSync(block, { finishFlush: constants.Z_SYNC_FLUSH }))
  }
}

/** So many bytes can be summed before the sums outgrow 32 bits. */
const ADLER_RUN = 5552

/** Adler-32 (RFC 1950) of bytes that go on from those of `checksum`; 1 is that of none. */
export function adler32(bytes: Uint8Array, checksum = 1): number {
  let a = checksum & 0xffff
  let b = checksum >>> 16
  for (let at = 0; at < bytes.byteLength; ) {
    const end = Math.min(bytes.byteLength, at + ADLER_RUN)
    for (; at < end; at++) {
      a += bytes[at]!
      b += a
    }
    a %= 65521
    b %= 65521
  }
  return ((b << 16) | a) >>> 0
}
