/**
 * A bucket: a file of entries in the order of their arrival.
 *
 *     float64  key         little-endian
 *     uint32   length
 *     bytes    bytes[length]
 */
import { closeSync, fstatSync, fsyncSync, ftruncateSync, openSync, readSync, rmSync } from 'node:fs'
import { DataError, writeAll } from '@tiny-face/safe-files'
import type { Entry } from './held-entries.js'
import { BUFFER, giveBack, HEADER_BYTES, readEntries, spareBuffer } from './read-entries.js'

/** How far a bucket's file is safe on disk. */
export interface BucketExtent {
  count: number
  bytes: number
}

export class Bucket {
  readonly #path: string
  readonly #kept: BucketExtent | undefined
  #descriptor: number | undefined
  #buffer: Buffer | undefined
  #length = 0
  #count: number
  /** Of the file. */
  #bytes: number

  /** @param kept of a bucket that another process has left: what lies beyond is cut off, when the file is first needed */
  constructor(path: string, kept?: BucketExtent) {
    this.#path = path
    this.#kept = kept
    this.#count = kept?.count ?? 0
    this.#bytes = kept?.bytes ?? 0
  }

  get count(): number {
    return this.#count
  }

  add(key: number, bytes: Uint8Array): void {
    const size = HEADER_BYTES + bytes.byteLength
    this.#buffer ??= spareBuffer()
    if (this.#length + size > BUFFER) this.#flush()
    this.#buffer.writeDoubleLE(key, this.#length)
    this.#buffer.writeUInt32LE(bytes.byteLength, this.#length + 8)
    this.#length += HEADER_BYTES
    if (size > BUFFER) {
      this.#flush()
      this.#write(bytes)
    } else {
      this.#buffer.set(bytes, this.#length)
      this.#length += bytes.byteLength
    }
    this.#count++
  }

  /** Makes all entries safe on disk. */
  sync(): BucketExtent {
    this.#flush()
    this.#named(fsyncSync)
    return { count: this.#count, bytes: this.#bytes }
  }

  /** The entries; their bytes are valid until the next one is asked for. */
  entries(): Iterable<Entry> {
    this.#flush()
    if (this.#buffer !== undefined) giveBack(this.#buffer)
    this.#buffer = undefined
    return readEntries(this.#count, (buffer, start, position) => {
      const read = this.#named(fd => readSync(fd, buffer, start, buffer.length - start, position))
      if (read === 0) throw cutOff(this.#path)
      return read
    })
  }

  /** Takes the file's name away: it vanishes with the process. */
  unlink(): void {
    this.#named(() => rmSync(this.#path))
  }

  close(): void {
    if (this.#buffer !== undefined) giveBack(this.#buffer)
    this.#buffer = undefined
    if (this.#descriptor !== undefined) closeSync(this.#descriptor)
    this.#descriptor = undefined
  }

  #flush(): void {
    if (this.#buffer !== undefined && this.#length > 0) this.#write(this.#buffer.subarray(0, this.#length))
    this.#length = 0
  }

  #write(bytes: Uint8Array): void {
    this.#named(fd => writeAll(fd, bytes))
    this.#bytes += bytes.byteLength
  }

  /** What the system reports of a descriptor does not say which file it was. */
  #named<T>(action: (fd: number) => T): T {
    try {
      this.#descriptor ??= this.#open()
      return action(this.#descriptor)
    } catch (error) {
      throw error instanceof DataError ? error : Object.assign(error as Error, { path: this.#path })
    }
  }

  #open(): number {
    if (this.#kept === undefined) return openSync(this.#path, 'wx+', 0o600)
    const fd = openSync(this.#path, 'a+', 0o600)
    if (fstatSync(fd).size < this.#kept.bytes) throw cutOff(this.#path)
    ftruncateSync(fd, this.#kept.bytes)
    return fd
  }
}

export function cutOff(file: string): DataError {
  return new DataError({ file, message: 'was cut off by someone else' })
}
