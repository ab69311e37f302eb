import { randomUUID } from 'node:crypto'
import { closeSync, openSync, readSync, unlinkSync } from 'node:fs'
import { join } from 'node:path'
import { writeAll } from './fd.js'

/** Bytes gathered before they are written. */
const BUFFER_BYTES = 1 << 20

/**
 * What does not fit into memory, on disk: written to its end, read anywhere. The file has no name from its first moment on, so
 * it is gone when the process is, however that ends.
 *
 * @throws Error of the system that names the folder: a full disk, say
 */
export class ScratchFile {
  readonly #folder: string
  readonly #fd: number
  readonly #buffer = Buffer.allocUnsafeSlow(BUFFER_BYTES)
  #buffered = 0
  #length = 0
  #open = true

  constructor(folder: string) {
    this.#folder = folder
    const path = join(folder, `tiny-face.${process.pid}.${randomUUID()}`)
    this.#fd = openSync(path, 'wx+', 0o600)
    unlinkSync(path)
  }

  /** Bytes that were appended. */
  get length(): number {
    return this.#length
  }

  /** @returns where the bytes are */
  append(bytes: Uint8Array): number {
    const offset = this.#length
    this.#length += bytes.byteLength
    if (this.#buffered + bytes.byteLength > BUFFER_BYTES) this.#flush()
    if (bytes.byteLength > BUFFER_BYTES) this.#write(bytes)
    else {
      this.#buffer.set(bytes, this.#buffered)
      this.#buffered += bytes.byteLength
    }
    return offset
  }

  /** Fills `bytes`. @returns how many there were; fewer than asked for only at the end */
  read(offset: number, bytes: Uint8Array): number {
    if (offset + bytes.byteLength > this.#length - this.#buffered) this.#flush()
    let size = 0
    while (size < bytes.byteLength) {
      const read = readSync(this.#fd, bytes, size, bytes.byteLength - size, offset + size)
      if (read === 0) break
      size += read
    }
    return size
  }

  close(): void {
    if (this.#open) closeSync(this.#fd)
    this.#open = false
  }

  /** All reads say where, so writes go on at the end. */
  #flush(): void {
    this.#write(this.#buffer.subarray(0, this.#buffered))
    this.#buffered = 0
  }

  /** What the system reports of a descriptor does not say where the file was. */
  #write(bytes: Uint8Array): void {
    try {
      writeAll(this.#fd, bytes)
    } catch (error) {
      throw Object.assign(error as Error, { path: this.#folder })
    }
  }
}
