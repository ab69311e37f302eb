import type { NumpyDtype } from './numpy.js'
import { PickleError } from './pickle-error.js'
import { MAX_CONTAINERS, MAX_COPIES, MAX_DEPTH, MAX_MEMO, MAX_PICKLE_BYTES, MAX_VALUES } from './pickle-limits.js'
import type { NumpyArray } from './pickle-value.js'

/** What stands on the stack while a pickle is read: its values, and the globals and dtypes that values are made of. */
export type Item =
  | null
  | boolean
  | number
  | bigint
  | string
  | Uint8Array
  | Item[]
  | Map<Item, Item>
  | Set<Item>
  | NumpyArray
  | NumpyDtype
  | PickleGlobal

/** A whitelisted global as a pickle names it. It stands for a Python object and is never looked up or called. */
export class PickleGlobal {
  readonly name: string

  constructor(name: string) {
    this.name = name
  }
}

/** The stack machine that a pickle is a program for: its position, stack, marks and memo, each checked against its limit. */
export class PickleMachine {
  readonly bytes: Uint8Array
  readonly memo = new Map<number, Item>()
  /** Where the opcode being run begins, and its name. */
  opcodeOffset = 0
  opcode = ''
  /** Where each container's opcode was, for errors about its content. */
  readonly born = new Map<object, number>()
  #view: DataView
  #position = 0
  #stack: Item[] = []
  #marks: number[] = []
  #values = 0
  #copied = 0

  constructor(bytes: Uint8Array) {
    if (bytes.length > MAX_PICKLE_BYTES)
      throw new PickleError(0, `at most ${MAX_PICKLE_BYTES} bytes`, `${bytes.length}`)
    this.bytes = new Uint8Array(bytes.buffer, bytes.byteOffset, bytes.length) // a Buffer's views would be Buffers
    this.#view = new DataView(bytes.buffer, bytes.byteOffset, bytes.length)
  }

  /** An error at the opcode being run. */
  error(expected: string, found: string): PickleError {
    return new PickleError(this.opcodeOffset, expected, found)
  }

  /** What an opcode that is more than data is answered with. */
  refusal(what = ''): PickleError {
    return this.error('plain data', what ? `${this.opcode} ${what}` : this.opcode)
  }

  // Reading the program

  get position(): number {
    return this.#position
  }

  /** Begins the next opcode and returns its code. */
  nextOpcode(): number {
    this.opcodeOffset = this.#position
    this.opcode = 'opcode'
    return this.uint8()
  }

  take(length: number): Uint8Array {
    const from = this.#advance(length)
    return this.bytes.subarray(from, from + length)
  }

  uint8(): number {
    return this.#view.getUint8(this.#advance(1))
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

  /** The bytes up to the next newline, which is passed over. */
  line(limit: number): Uint8Array {
    const end = this.bytes.indexOf(10, this.#position)
    if (end < 0) throw this.error(`${this.opcode}'s line to end`, 'the end of the data')
    if (end - this.#position > limit) throw this.error(`a line of at most ${limit} bytes`, `${end - this.#position}`)
    const line = this.take(end - this.#position)
    this.#position = end + 1
    return line
  }

  #advance(length: number): number {
    const from = this.#position
    const left = this.bytes.length - from
    if (length > left) throw this.error(`${length} more bytes of ${this.opcode}`, `${left}`)
    this.#position += length
    return from
  }

  // The stack

  push(item: Item): void {
    this.countValues(1)
    this.#stack.push(item)
  }

  /** Pushes a list, tuple, dict, set or array just made. */
  pushContainer(container: Item & object): void {
    if (this.born.size >= MAX_CONTAINERS) throw this.error(`at most ${MAX_CONTAINERS} containers`, 'more')
    this.born.set(container, this.opcodeOffset)
    this.push(container)
  }

  pushTuple(items: Item[]): void {
    this.pushContainer(Object.freeze(items) as Item[])
  }

  pop(): Item {
    if (this.#stack.length <= (this.#marks.at(-1) ?? 0))
      throw this.error(`a value for ${this.opcode}`, 'an empty stack')
    return this.#stack.pop()!
  }

  top(): Item {
    const item = this.pop()
    this.#stack.push(item)
    return item
  }

  mark(): void {
    this.countValues(1)
    if (this.#marks.length >= MAX_DEPTH) throw this.error(`at most ${MAX_DEPTH} open marks`, 'more')
    this.#marks.push(this.#stack.length)
  }

  /** The values above the last mark, which is taken away with them. */
  popToMark(): Item[] {
    const mark = this.#marks.pop()
    if (mark === undefined) throw this.error(`a mark for ${this.opcode}`, 'none')
    return this.#stack.splice(mark)
  }

  /** POP takes a value, or the mark where no value is above it. */
  popValueOrMark(): void {
    const mark = this.#marks.at(-1)
    if (mark === this.#stack.length) this.#marks.pop()
    else this.pop()
  }

  /** The one value that is left at the end. */
  result(): Item {
    const value = this.pop()
    if (this.#stack.length > 0 || this.#marks.length > 0) throw this.error('one value at the end', 'more')
    return value
  }

  countValues(count: number): void {
    this.#values += count
    if (this.#values > MAX_VALUES) throw this.error(`at most ${MAX_VALUES} values`, 'more')
  }

  // The memo

  remember(index: number): void {
    if (this.memo.size >= MAX_MEMO) throw this.error(`at most ${MAX_MEMO} memo entries`, 'more')
    this.memo.set(index, this.top())
  }

  recall(index: number): void {
    const item = this.memo.get(index)
    if (item === undefined) throw this.error(`an entry that the memo holds`, `${this.opcode} ${index}`)
    this.push(item)
  }

  /** Called before bytes are copied: a few bytes that ask for many copies of a long one must not fill the memory. */
  countCopy(length: number): void {
    this.#copied += length
    const limit = MAX_COPIES * this.bytes.length
    if (this.#copied > limit) throw this.error(`at most ${limit} bytes copied`, `${this.#copied}`)
  }
}
