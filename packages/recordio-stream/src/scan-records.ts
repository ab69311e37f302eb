/**
 * RecordIO's framing (dmlc-core include/dmlc/recordio.h and src/recordio.cc). A file is parts, one after another, all words
 * little-endian:
 *
 *     uint32   magic number 0xced7230a
 *     uint32   cflag << 29 | length     cflag 0: a whole record; 1, 2, 3: the first, a middle, the last part of one
 *     byte     payload[length]
 *     byte     padding to a multiple of 4, not looked at
 *
 * No record holds the magic number at a multiple of 4: the writer cuts a record there and leaves the magic number out, the
 * reader joins the parts with it. So a reader can find the next record from any place in a file.
 */
import { DataError } from '@tiny-face/record-stream'

export const MAGIC = 0xced7230a
/** The bytes of `MAGIC` in a file. */
export const MAGIC_BYTES = Uint8Array.of(0x0a, 0x23, 0xd7, 0xce)
export const PART_HEADER_BYTES = 8
/** The longest record, and the longest part: a length has 29 bits. */
export const MAX_RECORD_BYTES = 2 ** 29 - 1

export const WHOLE = 0
export const FIRST = 1
export const MIDDLE = 2
export const LAST = 3

export const WINDOW_BYTES = 1 << 20

/**
 * Bytes in, records out, and nothing asked of where bytes come from: fill `room()`, say how many came with `filled(n)`, take
 * records with `next()` until it has none. A record lies in the window where it was read; it is valid until the next `room()`.
 */
export class RecordScanner {
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
    const cflag = this.#view.getUint32(this.#start + 4, true) >>> 29
    return this.#view.getUint32(this.#start, true) === MAGIC && (cflag === WHOLE || cflag === FIRST)
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

  #part(at: number): { cflag: number; length: number } {
    const magic = this.#view.getUint32(at, true)
    if (magic !== MAGIC) throw this.#error(this.#origin + at, `the magic number ${hex(MAGIC)}`, hex(magic))
    const word = this.#view.getUint32(at + 4, true)
    const cflag = word >>> 29
    const first = at === this.#start
    if (first ? cflag !== WHOLE && cflag !== FIRST : cflag !== MIDDLE && cflag !== LAST) {
      const expected = first ? 'the start of a record (cflag 0 or 1)' : 'the next part of the record (cflag 2 or 3)'
      throw this.#error(this.#origin + at, expected, `cflag ${cflag}`)
    }
    return { cflag, length: word & MAX_RECORD_BYTES }
  }

  #error(offset: number, expected: string, found: string): DataError {
    return new DataError({ file: this.#file, offset, record: this.#count, expected, found })
  }
}

/** A length with its padding. */
export function padded(length: number): number {
  return (length + 3) & ~3
}

export function hex(word: number): string {
  return `0x${word.toString(16).padStart(8, '0')}`
}
