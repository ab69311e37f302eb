import type { PickleInput, Span } from '../input/pickle-input.js'
import { latin1Text } from '../opcodes/text-and-numbers.js'
import type { PickleDialect } from '../pickle-dialect.js'
import type { PickleError } from '../pickle-error.js'
import { BYTES_FOR_MORE, MAX_COPIES, MAX_DEPTH, MAX_OBJECTS, MAX_VALUES } from '../pickle-limits.js'
import { PackedList } from '../values/packed-list.js'
import { BytesInPickle, isBytes, type PickleBytes } from '../values/pickle-value.js'
import type { Item } from '../values/stack-item.js'
import { type Kept, PickleMemo } from './pickle-memo.js'

/** Of a dtype or a codec, in bytes or UTF-16 units; scalars are no longer either. */
const LONGEST_NAME = 16

export interface MachineOptions {
  /** Leave byte strings where they lie and pack lists. */
  open?: boolean
  /** What of the memo is kept; everything by default. */
  kept?: Kept
  /** What is taken beyond plain data; nothing by default. */
  dialect?: PickleDialect
}

/** The stack machine that a pickle is a program for: its stack, marks and memo, each checked against its limit. */
export class PickleMachine {
  readonly input: PickleInput
  readonly memo: PickleMemo
  readonly dialect: PickleDialect | undefined
  /** Where each list, dict and set was made, for errors about its content. */
  readonly born = new Map<object, number>()
  readonly #open: boolean
  readonly #read: (bytes: BytesInPickle) => Uint8Array
  #stack: Item[] = []
  #marks: number[] = []
  #values = 0
  #objects = 0
  #copied = 0
  /** The last text longer than the name of a codec, and where its opcode begins: `_codecs.encode` makes bytes of it. */
  #text = { text: '', offset: -1 }

  /** @param read finds the bytes of a string that was left in the input */
  constructor(
    input: PickleInput,
    read: (bytes: BytesInPickle) => Uint8Array,
    { open = false, kept = Number.POSITIVE_INFINITY, dialect }: MachineOptions = {},
  ) {
    this.input = input
    this.memo = new PickleMemo(input, kept)
    this.#open = open
    this.dialect = dialect
    this.#read = read
  }

  get opcode(): string {
    return this.input.opcode
  }

  /** An error at the opcode being run. */
  error(expected: string, found: string): PickleError {
    return this.input.error(expected, found)
  }

  /** What an opcode that is more than data is answered with. */
  refusal(what = ''): PickleError {
    return this.error('plain data', what ? `${this.opcode} ${what}` : this.opcode)
  }

  // Bytes and texts

  /** The opcode's byte string: a view, or its place. */
  pushBytes(span: Span): void {
    if (!this.#open) this.pushObject(this.input.content(span))
    else this.#pushPlace(span.length, span.length > LONGEST_NAME ? undefined : this.input.content(span))
  }

  /** The opcode's byte string, decoded of an escaped one. */
  pushDecodedBytes(bytes: Uint8Array): void {
    if (!this.#open) this.pushObject(bytes)
    else this.#pushPlace(bytes.length, bytes.length > LONGEST_NAME ? undefined : bytes)
  }

  #pushPlace(length: number, short: Uint8Array | undefined): void {
    this.pushObject(new BytesInPickle(this.input.opcodeOffset, length, short?.slice()))
  }

  pushText(text: string): void {
    if (this.#open && text.length > LONGEST_NAME) this.#text = { text, offset: this.input.opcodeOffset }
    this.pushObject(text)
  }

  /** The bytes that a text spells in Latin-1, or their place. */
  bytesOfText(text: string, bytes: Uint8Array): PickleBytes {
    return this.#open && text.length > LONGEST_NAME && text === this.#text.text
      ? new BytesInPickle(this.#text.offset, bytes.length)
      : bytes
  }

  /** The content of a byte string. That of a file is valid until the next read. */
  contentOf(bytes: PickleBytes): Uint8Array {
    return bytes instanceof BytesInPickle ? (bytes.content ?? this.#read(bytes)) : bytes
  }

  /** The name of a dtype or a codec: a str of Python 3, or one of Python 2, which is bytes here. */
  shortText(item: Item | undefined): string | undefined {
    if (typeof item === 'string') return item.length <= LONGEST_NAME ? item : undefined
    return isBytes(item) && item.length <= LONGEST_NAME ? latin1Text(this.contentOf(item)) : undefined
  }

  // The stack

  push(item: Item): void {
    this.countValues(1)
    this.#stack.push(item)
  }

  /** Pushes what takes memory of its own. */
  pushObject(item: Item): void {
    if (++this.#objects > MAX_OBJECTS + this.input.size / BYTES_FOR_MORE) {
      throw this.error(`at most ${MAX_OBJECTS} objects and one for each ${BYTES_FOR_MORE} bytes`, 'more')
    }
    this.push(item)
  }

  /** Pushes a list, dict or set just made: one that can come to hold itself. */
  pushContainer(container: Item & object): void {
    this.pushObject(container)
    this.born.set(container, this.input.opcodeOffset)
  }

  pushList(items: Item[]): void {
    if (!this.#open) {
      this.pushContainer(items)
      return
    }
    const list = new PackedList<Item>(this.input.opcodeOffset)
    for (const item of items) list.push(item)
    this.pushContainer(list)
  }

  pushTuple(items: Item[]): void {
    this.pushObject(Object.freeze(items) as Item[])
  }

  pop(): Item {
    if (this.#stack.length <= (this.#marks.at(-1) ?? 0)) {
      throw this.error(`a value for ${this.opcode}`, 'an empty stack')
    }
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
    if (this.#values > MAX_VALUES + this.input.size / BYTES_FOR_MORE) {
      throw this.error(`at most ${MAX_VALUES} values and one for each ${BYTES_FOR_MORE} bytes`, 'more')
    }
  }

  /** Called before bytes are copied: a few bytes that ask for many copies of a long one must not fill the memory. */
  countCopy(length: number): void {
    this.#copied += length
    const limit = MAX_COPIES * this.input.size
    if (this.#copied > limit) throw this.error(`at most ${limit} bytes copied`, `${this.#copied}`)
  }
}
