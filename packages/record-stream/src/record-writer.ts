import { isatty } from 'node:tty'
import { UsageError, writeAll } from '@tiny-face/safe-files'
import { Encoder } from './encode.js'
import { type BeginFields, type DataMap, STREAM_VERSION } from './record.js'

/** Writes one segment of a record stream to a file descriptor, synchronously and coalesced. */
export class RecordWriter {
  readonly #encoder: Encoder
  readonly #begin: BeginFields
  #begun = false
  #count = 0

  constructor(fd: number, begin: BeginFields = {}) {
    this.#encoder = new Encoder(bytes => writeAll(fd, bytes))
    this.#begin = begin
  }

  /** The number of data maps written. */
  get count(): number {
    return this.#count
  }

  write(record: DataMap): void {
    if (!this.#begun) this.#writeBegin()
    this.#encoder.map(record)
    this.#count++
  }

  /** Writes the end and hands everything on: without it no reader takes the stream for whole. */
  end(): void {
    if (!this.#begun) this.#writeBegin()
    this.#encoder.map({ end: true, count: this.#count })
    this.#encoder.flush()
  }

  #writeBegin(): void {
    this.#begun = true
    this.#encoder.map({ begin: STREAM_VERSION, ...this.#begin })
  }
}

/** @throws UsageError where standard output is a terminal */
export function stdoutRecords(begin: BeginFields = {}): RecordWriter {
  if (isatty(1))
    throw new UsageError('writes a binary record stream to standard output, which is a terminal; pipe it on')
  return new RecordWriter(1, begin)
}
