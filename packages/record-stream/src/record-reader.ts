import { fstatSync } from 'node:fs'
import { isatty } from 'node:tty'
import { readChunk, UsageError } from '@tiny-face/safe-files'
import type { Begin, DataMap } from './record.js'
import { type DecodeOptions, RecordDecoder } from './record-decoder.js'

/**
 * Reads a record stream from a file descriptor, synchronously: the fast path, and what commands use. Several segments are
 * read as one stream.
 *
 * Bytes in a data map are valid only until the next record is asked for: copy what is kept.
 */
export class RecordReader implements Iterable<DataMap> {
  readonly #fd: number
  readonly #decoder: RecordDecoder
  #ahead: DataMap | undefined
  #finished = false

  constructor(fd: number, options: DecodeOptions = {}) {
    this.#fd = fd
    this.#decoder = new RecordDecoder(options)
  }

  /**
   * What the stream says of itself, of the segment being read. Reads as far as it must where nothing was read yet.
   *
   * @throws DataError where the stream does not begin as it should
   */
  get begin(): Begin {
    // A bare sequence never has a begin: what was read ahead the first time stays.
    if (this.#decoder.begin === undefined) this.#ahead ??= this.#next()
    return this.#decoder.begin ?? { begin: 1 }
  }

  /** @throws DataError where bytes are wrong, the stream stops before its end, or its count does not match */
  *[Symbol.iterator](): Generator<DataMap, void, undefined> {
    for (;;) {
      const record = this.#ahead ?? this.#next()
      this.#ahead = undefined
      if (record === undefined) return
      yield record
    }
  }

  #next(): DataMap | undefined {
    if (this.#finished) return undefined
    for (;;) {
      const record = this.#decoder.next()
      if (record !== undefined) return record
      const size = readChunk(this.#fd, this.#decoder.room())
      if (size === 0) {
        this.#decoder.finish()
        this.#finished = true
        return undefined
      }
      this.#decoder.filled(size)
    }
  }
}

/** @throws UsageError where standard input is a terminal */
export function stdinRecords(options: DecodeOptions = {}): RecordReader {
  if (isatty(0)) throw new UsageError('reads a record stream from standard input, which is a terminal; pipe one in')
  fstatSync(0)
  return new RecordReader(0, options)
}
