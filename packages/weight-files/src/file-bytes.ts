import { closeSync, fstatSync, openSync, readSync } from 'node:fs'
import { DataError } from '@tiny-face/safe-files'

/** Bytes read ahead where small things are read one after another. */
const WINDOW_BYTES = 2 ** 16
/** What goes into one call of the system, which takes no more than 2 GiB. */
const PIECE_BYTES = 2 ** 28

/** A file's bytes by their place. Nothing beyond the file's end is ever allocated. */
export class FileBytes {
  readonly file: string
  readonly size: number
  readonly fd: number
  #window: Buffer = Buffer.alloc(0)
  #windowStart = 0

  constructor(file: string) {
    this.file = file
    this.fd = openSync(file, 'r')
    const stats = fstatSync(this.fd)
    this.size = stats.size
    if (stats.isFile()) return
    closeSync(this.fd)
    throw new DataError({ file, expected: 'a file', found: stats.isDirectory() ? 'a folder' : 'none' })
  }

  /**
   * A copy of `length` bytes.
   *
   * @param what they are, for the message
   * @throws DataError where the file ends before
   */
  read(offset: number, length: number, what: string): Buffer {
    this.#demand(offset, length, what)
    const bytes = Buffer.allocUnsafeSlow(length)
    this.#fill(bytes, offset)
    return bytes
  }

  /** The same of few bytes, valid until the next are asked for. */
  peek(offset: number, length: number, what: string): Buffer {
    this.#demand(offset, length, what)
    const at = offset - this.#windowStart
    if (at >= 0 && at + length <= this.#window.length) return this.#window.subarray(at, at + length)
    if (length > WINDOW_BYTES) return this.read(offset, length, what)
    const filled = Math.min(WINDOW_BYTES, this.size - offset)
    const window = Buffer.allocUnsafeSlow(filled)
    this.#fill(window, offset)
    this.#window = window
    this.#windowStart = offset
    return window.subarray(0, length)
  }

  /** Hands out bytes piece by piece. */
  *pieces(offset: number, length: number, what: string): Generator<Buffer> {
    for (let done = 0; done < length; done += WINDOW_BYTES * 16) {
      yield this.read(offset + done, Math.min(WINDOW_BYTES * 16, length - done), what)
    }
  }

  error(offset: number, expected: string, found: string): DataError {
    return new DataError({ file: this.file, offset, expected, found })
  }

  close(): void {
    closeSync(this.fd)
  }

  #demand(offset: number, length: number, what: string): void {
    if (Number.isSafeInteger(offset) && Number.isSafeInteger(length) && offset >= 0 && length >= 0) {
      if (offset + length <= this.size) return
      throw this.error(
        Math.min(offset, this.size),
        `${length} bytes of ${what}`,
        `${Math.max(0, this.size - offset)} to the end`,
      )
    }
    throw this.error(0, `a place of ${what} in the file`, `byte ${offset}, ${length} bytes`)
  }

  #fill(bytes: Buffer, offset: number): void {
    for (let done = 0; done < bytes.length; ) {
      const count = readSync(this.fd, bytes, done, Math.min(PIECE_BYTES, bytes.length - done), offset + done)
      if (count === 0) throw this.error(offset + done, `a file of ${this.size} bytes`, 'one that was cut meanwhile')
      done += count
    }
  }
}
