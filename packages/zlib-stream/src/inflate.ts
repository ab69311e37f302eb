import { DataError } from '@tiny-face/safe-files'
import { Gunzip, Inflate } from 'minizlib'
import type { Compression } from './compress.js'

/** Compressed bytes that are taken at once. Deflate makes 1032 bytes of one at most: 17 MB are held, whatever comes. */
const MAX_SLICE = 1 << 14

/** How bytes are compressed, by the first two or three of them; other bytes may look like it by chance. */
export function compressionOf(head: Uint8Array): Compression | undefined {
  if (head.length >= 3 && head[0] === 0x1f && head[1] === 0x8b && head[2] === 8) return 'gzip'
  // Deflate with a window of at most 32 KiB, no dictionary, and the two bytes a multiple of 31.
  const isZlib =
    head.length >= 2 &&
    (head[0]! & 15) === 8 &&
    head[0]! >> 4 <= 7 &&
    (head[1]! & 32) === 0 &&
    ((head[0]! << 8) | head[1]!) % 31 === 0
  return isZlib ? 'zlib' : undefined
}
/** Unpacks GZIP (also several members one after another) or ZLIB, synchronously; every checksum is checked. */
export class Inflater {
  readonly #kind: string
  readonly #file: string
  readonly #stream: Gunzip | Inflate
  #chunks: Uint8Array[] = []
  #failure: Error | undefined
  #read = 0

  constructor(kind: Compression, file: string) {
    this.#kind = kind.toUpperCase()
    this.#file = file
    this.#stream = kind === 'gzip' ? new Gunzip({}) : new Inflate({})
    this.#stream.on('data', chunk => this.#chunks.push(chunk as Buffer))
    this.#stream.on('error', error => {
      this.#failure = error as Error
    })
  }

  /**
   * Yields what the compressed bytes unpack to.
   *
   * @throws DataError where they are damaged (`offset`: of the piece of at most 16 KiB in which), or go on behind the end
   */
  *push(bytes: Uint8Array): Generator<Uint8Array, void, undefined> {
    for (let at = 0; at < bytes.byteLength; at += MAX_SLICE) {
      const slice = bytes.subarray(at, at + MAX_SLICE)
      this.#stream.write(Buffer.from(slice.buffer, slice.byteOffset, slice.byteLength))
      yield* this.#unpacked(`damage in the ${slice.byteLength} bytes from here`)
      const taken = this.#stream.handle!.bytesWritten
      this.#read += taken
      if (taken < slice.byteLength) throw this.#fault('the end of the file', `more, behind the end of ${this.#kind}`)
    }
  }

  /**
   * Yields what is left.
   *
   * @throws DataError where the compressed bytes are cut off
   */
  *finish(): Generator<Uint8Array, void, undefined> {
    this.#stream.end()
    yield* this.#unpacked('the end of the file')
  }

  close(): void {
    this.#stream.close()
  }

  *#unpacked(trouble: string): Generator<Uint8Array, void, undefined> {
    yield* this.#chunks.splice(0)
    if (this.#failure === undefined) return
    const { message } = this.#failure
    throw this.#fault(`a whole ${this.#kind} file`, `${trouble} (${message.replace(/^zlib: /, '')})`)
  }

  #fault(expected: string, found: string): DataError {
    return new DataError({ file: this.#file, offset: this.#read, expected, found, cause: this.#failure })
  }
}
