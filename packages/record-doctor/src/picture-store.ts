import { randomUUID } from 'node:crypto'
import { closeSync, openSync, readSync, unlinkSync } from 'node:fs'
import { join } from 'node:path'
import { DataError, writeAll } from '@tiny-face/safe-files'

/** Bytes gathered before they are written. */
const CHUNK_BYTES = 1 << 20

/**
 * The encoded pictures of a dataset, on disk: which of them a report will show is known only at the end. The file has no name
 * from its first moment on, so it is gone when the process is, however that ends.
 */
export class PictureStore {
  readonly #folder: string
  readonly #fd: number
  #chunk = Buffer.alloc(CHUNK_BYTES)
  #filled = 0
  #written = 0
  /** Where each row's bytes begin; they end where the next one's do. */
  #starts = new Float64Array(1024)
  #count = 0

  constructor(folder: string) {
    this.#folder = folder
    const path = join(folder, `record-doctor.${process.pid}.${randomUUID()}`)
    this.#fd = openSync(path, 'wx+', 0o600)
    unlinkSync(path)
  }

  /**
   * Adds the next row's picture.
   *
   * @throws DataError where the disk is full
   */
  add(bytes: Uint8Array): void {
    if (this.#count + 2 > this.#starts.length) {
      const starts = new Float64Array(2 * this.#starts.length)
      starts.set(this.#starts)
      this.#starts = starts
    }
    if (this.#filled + bytes.length > CHUNK_BYTES) this.#flush()
    if (bytes.length > CHUNK_BYTES) {
      this.#write(bytes)
    } else {
      this.#chunk.set(bytes, this.#filled)
      this.#filled += bytes.length
    }
    this.#starts[++this.#count] = this.#written + this.#filled
  }

  /** How many bytes a row's picture has. */
  size(row: number): number {
    return this.#starts[row + 1]! - this.#starts[row]!
  }

  read(row: number): Uint8Array {
    this.#flush()
    const bytes = new Uint8Array(this.size(row))
    let read = 0
    while (read < bytes.length) {
      const size = readSync(this.#fd, bytes, read, bytes.length - read, this.#starts[row]! + read)
      if (size === 0) throw new Error(`internal: the picture store ends before row ${row}`)
      read += size
    }
    return bytes
  }

  close(): void {
    closeSync(this.#fd)
  }

  /** All reads say where, so writes go on at the end. */
  #flush(): void {
    this.#write(this.#chunk.subarray(0, this.#filled))
    this.#filled = 0
  }

  #write(bytes: Uint8Array): void {
    try {
      writeAll(this.#fd, bytes)
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code !== 'ENOSPC') throw error
      const message = 'no space left for the pictures, which stay there until the report is written'
      throw new DataError({ file: this.#folder, message, cause: error })
    }
    this.#written += bytes.length
  }
}
