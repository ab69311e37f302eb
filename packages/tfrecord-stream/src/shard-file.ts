import { createHash } from 'node:crypto'
import { closeSync, fsyncSync, openSync } from 'node:fs'
import { join } from 'node:path'
import { writeAll } from '@tiny-face/record-stream'
import { CompressedSink, type Compression } from './compress-tfrecord.js'
import type { Shard } from './manifest.js'
import { TFRecordWriter } from './write-tfrecord.js'

export interface ShardFileOptions {
  compression?: Compression | undefined
  /** Bytes that are buffered. */
  capacity: number
}

/** A shard while it is written, under a name that no reader takes for one. */
export class ShardFile {
  readonly writer: TFRecordWriter
  readonly #name: string
  readonly #path: string
  readonly #fd: number
  readonly #hash = createHash('sha256')
  readonly #compressed: CompressedSink | undefined
  #bytes = 0
  #open = true

  /** @param name its final one */
  constructor(folder: string, name: string, { compression, capacity }: ShardFileOptions) {
    this.#name = name
    this.#path = partialShard(folder, name)
    this.#fd = openSync(this.#path, 'w')
    const sink = (bytes: Uint8Array) => this.#write(bytes)
    if (compression === undefined) this.writer = new TFRecordWriter(sink, capacity)
    else {
      const compressed = new CompressedSink(compression, sink, capacity)
      this.#compressed = compressed
      this.writer = new TFRecordWriter(bytes => compressed.write(bytes), Math.min(capacity, 1 << 16))
    }
  }

  /** Makes the file safe on disk, and says what the manifest says of it. */
  finish(): Shard {
    this.writer.flush()
    this.#compressed?.finish()
    this.#named(() => fsyncSync(this.#fd))
    this.close()
    return { name: this.#name, count: this.writer.count, bytes: this.#bytes, sha256: this.#hash.digest('hex') }
  }

  close(): void {
    if (this.#open) closeSync(this.#fd)
    this.#open = false
  }

  #write(bytes: Uint8Array): void {
    this.#hash.update(bytes)
    this.#named(() => writeAll(this.#fd, bytes))
    this.#bytes += bytes.byteLength
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
