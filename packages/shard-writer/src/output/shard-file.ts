import { createHash } from 'node:crypto'
import { closeSync, fsyncSync, writeSync } from 'node:fs'
import { join } from 'node:path'
import { CompressedSink, type Compression } from '@tiny-face/zlib-stream'
import type { Shard } from '../manifest.js'
import { OutputBuffer } from './output-buffer.js'
import type { WriteThread } from './write-thread.js'

export interface ShardFileOptions {
  compression?: Compression | undefined
  /** What stands behind the last record. */
  end?: Uint8Array | undefined
  /** Bytes that are buffered. */
  capacity: number
}

/** A shard while it is written, under a name that no reader takes for one. */
export class ShardFile {
  /** Takes the records' bytes. */
  readonly output: OutputBuffer
  /** The records in it, as its user counts them. */
  count = 0
  readonly #name: string
  readonly #path: string
  readonly #fd: number
  readonly #thread: WriteThread
  readonly #end: Uint8Array | undefined
  #sha256: string | undefined
  /** Whether what is written next is the whole file. */
  #isWhole = false
  readonly #compressed: CompressedSink | undefined
  #bytes = 0
  #open = true

  /**
   * @param name its final one
   * @param thread what writes it, unless it is shorter than `capacity`
   */
  constructor(folder: string, name: string, thread: WriteThread, { compression, end, capacity }: ShardFileOptions) {
    this.#name = name
    this.#path = partialShard(folder, name)
    this.#thread = thread
    this.#end = end
    this.#fd = thread.open(this.#path)
    const sink = (bytes: Uint8Array) => this.#write(bytes)
    if (compression === undefined) this.output = new OutputBuffer(sink, capacity)
    else {
      const compressed = new CompressedSink(compression, sink, capacity)
      this.#compressed = compressed
      this.output = new OutputBuffer(bytes => compressed.write(bytes), Math.min(capacity, 1 << 16))
    }
  }

  /** Makes the file safe on disk, and says what the manifest says of it. */
  finish(): Shard {
    if (this.#end !== undefined) this.output.append(this.#end)
    this.#isWhole = this.#compressed === undefined && this.#bytes === 0
    this.output.flush()
    this.#compressed?.finish()
    this.#sha256 ??= this.#bytes > 0 ? this.#thread.sha256(this.#fd) : createHash('sha256').digest('hex')
    this.#named(() => fsyncSync(this.#fd))
    this.close()
    return { name: this.#name, count: this.count, bytes: this.#bytes, sha256: this.#sha256 }
  }

  close(): void {
    if (this.#open) closeSync(this.#fd)
    this.#open = false
  }

  #write(bytes: Uint8Array): void {
    if (this.#isWhole) this.#writeWhole(bytes)
    else this.#thread.write(this.#fd, bytes)
    this.#bytes += bytes.byteLength
  }

  /** All of a small file at once: not worth a thread. */
  #writeWhole(bytes: Uint8Array): void {
    this.#named(() => {
      for (let at = 0; at < bytes.byteLength; ) at += writeSync(this.#fd, bytes, at)
    })
    this.#sha256 = createHash('sha256').update(bytes).digest('hex')
  }

  /** What the system reports of a descriptor does not say which file it was. */
  #named(action: () => void): void {
    try {
      action()
    } catch (error) {
      throw Object.assign(error as Error, { path: this.#path })
    }
  }
}

/** Where a shard lies before the set is whole. */
export function partialShard(folder: string, name: string): string {
  return join(folder, `${name}.partial`)
}
