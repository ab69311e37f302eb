import { fileKind, KIND_BYTES } from '@tiny-face/file-signatures'
import { DataError, type Fault } from '@tiny-face/safe-files'
import {
  beginsRecord,
  FIRST,
  LAST,
  MAGIC,
  MAGIC_BYTES,
  MAX_RECORD_BYTES,
  PART_HEADER_BYTES,
  type PartHeader,
  padded,
  readPartHeader,
  WHOLE,
} from './part-header.js'

export const WINDOW_BYTES = 1 << 20

/**
 * Bytes in, records out, and nothing asked of where bytes come from: fill `room()`, say how many came with `filled(n)`, take
 * records with `next()` until it has none. A record lies in the window where it was read; it is valid until the next `room()`.
 */
export class RecordIOParser {
  readonly #file: string | undefined
  #window: Uint8Array<ArrayBuffer>
  #view: DataView
  #start = 0
  #end = 0
  /** Where in the file the window's first byte lies. */
  #origin = 0
  #offset = 0
  #count = 0
  /** Bytes of the next record's parts that were walked over, and the length of what they join to. */
  #walked = 0
  #joined = 0

  /**
   * @param file what messages call the bytes
   * @param windowBytes how many bytes are held at first; more where a record is longer
   */
  constructor(file?: string, windowBytes = WINDOW_BYTES) {
    this.#file = file
    this.#window = new Uint8Array(windowBytes)
    this.#view = new DataView(this.#window.buffer)
  }

  /** Where in the file the record that `next` returned begins. */
  get offset(): number {
    return this.#offset
  }

  /** Where in the file the record that `next` returned ends, and the next one begins. */
  get end(): number {
    return this.#origin + this.#start
  }

  /** How many records `next` returned. */
  get count(): number {
    return this.#count
  }

  /** Where in the file the next byte to be filled in belongs. */
  get position(): number {
    return this.#origin + this.#end
  }

  /** Goes on at another place in the file: `room` then wants the bytes at `position`. */
  seek(offset: number): void {
    const at = offset - this.#origin
    if (at >= 0 && at <= this.#end) this.#start = at
    else {
      this.#origin = offset
      this.#start = 0
      this.#end = 0
    }
    this.#walked = 0
    this.#joined = 0
  }

  /** Whether a record begins here; undefined where more bytes are needed to tell. */
  atRecord(): boolean | undefined {
    if (this.#end - this.#start < PART_HEADER_BYTES) return undefined
    return beginsRecord(this.#window, this.#start)
  }

  /** Free space, of at least one byte; records returned before are gone. */
  room(): Uint8Array {
    const held = this.#end - this.#start
    if (this.#start > 0) {
      this.#window.copyWithin(0, this.#start, this.#end)
      this.#origin += this.#start
      this.#start = 0
      this.#end = held
    }
    if (held === this.#window.length) {
      const larger = new Uint8Array(2 * held)
      larger.set(this.#window)
      this.#window = larger
      this.#view = new DataView(larger.buffer)
    }
    return this.#window.subarray(this.#end)
  }

  /** Says that the first `size` bytes of `room()` are filled. */
  filled(size: number): void {
    this.#end += size
  }

  /**
   * @returns the next record, or undefined where more bytes are needed
   * @throws DataError where a part does not begin as it should, or a record is too long
   */
  next(): Uint8Array | undefined {
    const start = this.#start
    if (this.#end - start < PART_HEADER_BYTES) return undefined
    const word = this.#view.getUint32(start + 4, true)
    if (this.#view.getUint32(start, true) !== MAGIC || word >>> 29 !== WHOLE) return this.#nextJoined()
    const length = word & MAX_RECORD_BYTES
    const end = start + PART_HEADER_BYTES + padded(length)
    if (end > this.#end) return undefined
    this.#take(end)
    return new Uint8Array(this.#window.buffer, start + PART_HEADER_BYTES, length)
  }

  /**
   * Says that no more bytes will come.
   *
   * @throws DataError where the file ends within a record
   */
  finish(): void {
    const held = this.#end - this.#start - this.#walked
    if (held === 0 && this.#walked === 0) return
    const offset = this.#origin + this.#start + this.#walked
    if (held === 0) throw this.#error(offset, 'the next part of the record', 'the end of the file')
    if (held < PART_HEADER_BYTES) {
      if (offset === 0) this.#refuseOther()
      throw this.#error(offset, `a header of ${PART_HEADER_BYTES} bytes`, `${held} before the end of the file`)
    }
    const { length } = this.#part(this.#start + this.#walked)
    const needed = PART_HEADER_BYTES + padded(length)
    throw this.#error(offset, `${needed} bytes`, `${held} before the end of the file`)
  }

  #take(end: number): void {
    this.#offset = this.#origin + this.#start
    this.#start = end
    this.#count++
    this.#walked = 0
    this.#joined = 0
  }

  /** Walks over the parts of one record, and joins them when all are here. */
  #nextJoined(): Uint8Array | undefined {
    for (;;) {
      const at = this.#start + this.#walked
      if (this.#end - at < PART_HEADER_BYTES) return undefined
      const { cflag, length } = this.#part(at)
      const joined = this.#joined + (cflag === FIRST ? 0 : MAGIC_BYTES.length) + length
      if (joined > MAX_RECORD_BYTES) {
        throw this.#error(this.#origin + at, `a record of at most ${MAX_RECORD_BYTES} bytes`, `${joined}`)
      }
      const end = at + PART_HEADER_BYTES + padded(length)
      if (end > this.#end) return undefined
      this.#joined = joined
      this.#walked = end - this.#start
      if (cflag !== LAST) continue
      const record = this.#join(new Uint8Array(this.#joined))
      this.#take(end)
      return record
    }
  }

  /** Each part's own magic number stands right before what it joins: header and length word are all that is cut out. */
  #join(record: Uint8Array): Uint8Array {
    const end = this.#start + this.#walked
    let filled = 0
    for (let at = this.#start; at < end; ) {
      const { cflag, length } = this.#part(at)
      if (cflag !== FIRST) {
        record.set(MAGIC_BYTES, filled)
        filled += MAGIC_BYTES.length
      }
      record.set(this.#window.subarray(at + PART_HEADER_BYTES, at + PART_HEADER_BYTES + length), filled)
      filled += length
      at += PART_HEADER_BYTES + padded(length)
    }
    return record
  }

  #part(at: number): PartHeader {
    if (this.#origin + at === 0) this.#refuseOther()
    return readPartHeader(this.#view, at, at === this.#start, () => this.#place(this.#origin + at))
  }

  /** @throws DataError where the file's first bytes say that it is another kind of file */
  #refuseOther(): void {
    const head = this.#window.subarray(0, Math.min(this.#end, KIND_BYTES))
    // What was cut within its magic number may look like a text.
    if (MAGIC_BYTES.every((byte, i) => i >= head.length || head[i] === byte)) return
    const kind = fileKind(head)
    if (kind !== undefined) throw this.#error(0, 'a RecordIO file', kind)
  }

  #place(offset: number): Fault {
    return { file: this.#file, offset, record: this.#count }
  }

  #error(offset: number, expected: string, found: string): DataError {
    return new DataError({ ...this.#place(offset), expected, found })
  }
}
