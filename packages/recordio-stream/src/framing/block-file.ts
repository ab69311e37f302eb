import { ftruncateSync, writeSync } from 'node:fs'
import type { AtomicFile } from '@tiny-face/safe-files'

const BLOCK_BYTES = 1 << 20

/** Appends to a file in large blocks, and can be rewound to write it anew: every write says where. */
export class BlockFile {
  readonly #file: AtomicFile
  #block = Buffer.allocUnsafeSlow(BLOCK_BYTES)
  #length = 0
  #flushed = 0

  constructor(file: AtomicFile) {
    this.#file = file
  }

  /** The length of what was written. */
  get position(): number {
    return this.#flushed + this.#length
  }

  /** Exactly `size` bytes of space to fill. */
  room(size: number): Buffer {
    if (this.#length + size > this.#block.length) this.flush()
    if (size > this.#block.length) this.#block = Buffer.allocUnsafeSlow(size)
    return this.#block.subarray(this.#length, this.#length + size)
  }

  /** Says that the first `size` bytes of `room` are filled. */
  filled(size: number): void {
    this.#length += size
  }

  text(text: string): void {
    const size = Buffer.byteLength(text)
    this.room(size).write(text)
    this.filled(size)
  }

  flush(): void {
    this.#writeAt(this.#flushed, this.#block.subarray(0, this.#length))
    this.#flushed += this.#length
    this.#length = 0
  }

  /** Starts anew at the file's first byte; what lies behind the new end is cut off by `truncate`. */
  rewind(): void {
    this.flush()
    this.#flushed = 0
  }

  truncate(): void {
    this.flush()
    ftruncateSync(this.#file.fd, this.#flushed)
  }

  /** Writes over what was written before. */
  overwrite(position: number, bytes: Uint8Array): void {
    this.flush()
    this.#writeAt(position, bytes)
  }

  #writeAt(position: number, bytes: Uint8Array): void {
    for (let written = 0; written < bytes.length; ) {
      written += writeSync(this.#file.fd, bytes, written, bytes.length - written, position + written)
    }
  }
}
