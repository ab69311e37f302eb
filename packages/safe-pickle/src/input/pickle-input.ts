import { readSync } from 'node:fs'
import { PickleError } from '../pickle-error.js'
import { MAX_PICKLE_BYTES } from '../pickle-limits.js'

/** Bytes read from a file at a time where one reads on, and after a jump. */
const WINDOW = 2 ** 18
const JUMP_WINDOW = 2 ** 14

/** Where an argument's bytes lie. */
export interface Span {
  start: number
  length: number
}

/** A pickle's bytes, in memory or in a file that is read through a window, and the opcode that is being read. */
export class PickleInput {
  /** Of the whole pickle, in bytes. */
  readonly size: number
  /** Where the next byte is read. */
  position = 0
  /** Where the opcode being read begins, and its name. */
  opcodeOffset = 0
  opcode = ''
  readonly #fd: number | undefined
  readonly #window: Uint8Array
  readonly #view: DataView
  /** The window holds `#filled` bytes of the pickle from `#start` on. */
  #start = 0
  #filled: number

  /** @param source the bytes, or the descriptor of a file of `size` bytes */
  constructor(source: Uint8Array | { fd: number; size: number }) {
    if (source instanceof Uint8Array) {
      const { length } = source
      if (length > MAX_PICKLE_BYTES) throw new PickleError(0, `at most ${MAX_PICKLE_BYTES} bytes`, `${length}`)
      this.size = length
      this.#window = new Uint8Array(source.buffer, source.byteOffset, length) // a Buffer's views would be Buffers
      this.#filled = length
    } else {
      this.size = source.size
      this.#fd = source.fd
      this.#window = new Uint8Array(WINDOW)
      this.#filled = 0
    }
    this.#view = new DataView(this.#window.buffer, this.#window.byteOffset, this.#window.length)
  }

  /** An error at the opcode being read. */
  error(expected: string, found: string): PickleError {
    return new PickleError(this.opcodeOffset, expected, found)
  }

  /** Begins the next opcode and returns its code. */
  nextOpcode(): number {
    this.opcodeOffset = this.position
    this.opcode = 'opcode'
    return this.uint8()
  }

  uint8(): number {
    return this.#window[this.#advance(1)]!
  }

  uint16(): number {
    return this.#view.getUint16(this.#advance(2), true)
  }

  uint32(): number {
    return this.#view.getUint32(this.#advance(4), true)
  }

  int32(): number {
    return this.#view.getInt32(this.#advance(4), true)
  }

  /** A length of 8 bytes. No file holds more than Number counts exactly. */
  uint64(): number {
    return Number(this.#view.getBigUint64(this.#advance(8), true))
  }

  float64BigEndian(): number {
    return this.#view.getFloat64(this.#advance(8), false)
  }

  /** Passes over `length` bytes, which need not be read yet. */
  span(length: number): Span {
    this.#demand(length)
    const start = this.position
    this.position += length
    return { start, length }
  }

  /** The bytes up to the next newline, which is passed over. */
  line(limit: number): Span {
    const start = this.position
    for (let from = start; ; from = this.#start + this.#filled) {
      if (from - start > limit) throw this.error(`a line of at most ${limit} bytes`, 'a longer one')
      if (from >= this.size) throw this.error(`${this.opcode}'s line to end`, 'the end of the data')
      if (!this.#holds(from, 1)) this.#load(from, 1)
      const newline = this.#window.subarray(0, this.#filled).indexOf(10, from - this.#start)
      if (newline < 0) continue
      const length = this.#start + newline - start
      if (length > limit) throw this.error(`a line of at most ${limit} bytes`, `one of ${length}`)
      this.position = start + length + 1
      return { start, length }
    }
  }

  /** The bytes of a span. Those of a file are valid until the next read. */
  content({ start, length }: Span): Uint8Array {
    if (!this.#holds(start, length)) {
      if (length > this.#window.length) {
        const bytes = new Uint8Array(length)
        this.#read(bytes, start, length)
        return bytes
      }
      this.#load(start, length)
    }
    return this.#window.subarray(start - this.#start, start - this.#start + length)
  }

  /** @returns where in the window the next `length` bytes lie, which are passed over */
  #advance(length: number): number {
    if (this.position < this.#start || this.position + length > this.#start + this.#filled) {
      this.#demand(length)
      this.#load(this.position, length)
    }
    const at = this.position - this.#start
    this.position += length
    return at
  }

  #demand(length: number): void {
    const left = this.size - this.position
    if (length > left) throw this.error(`${length} more bytes of ${this.opcode}`, `${left}`)
  }

  #holds(start: number, length: number): boolean {
    return start >= this.#start && start + length <= this.#start + this.#filled
  }

  /** Moves the window to `start`; at least `length` bytes from there are in the file. */
  #load(start: number, length: number): void {
    const end = this.#start + this.#filled
    const readsOn = start >= this.#start && start <= end + JUMP_WINDOW
    const most = Math.max(length, readsOn ? WINDOW : JUMP_WINDOW)
    const filled = Math.min(most, this.size - start)
    this.#filled = 0
    this.#read(this.#window, start, filled)
    this.#start = start
    this.#filled = filled
  }

  #read(bytes: Uint8Array, start: number, length: number): void {
    for (let done = 0; done < length; ) {
      const count = this.#fd === undefined ? 0 : readSync(this.#fd, bytes, done, length - done, start + done)
      if (count === 0) throw new PickleError(start + done, `a file of ${this.size} bytes`, 'one that was cut meanwhile')
      done += count
    }
  }
}
