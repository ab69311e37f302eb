import type { PickleInput } from '../input/pickle-input.js'
import { BYTES_FOR_MORE, MAX_MEMO } from '../pickle-limits.js'
import type { Item } from '../values/stack-item.js'

/** Which entries are kept: those of certain indices, or so many of the first ones put. */
export type Kept = ReadonlySet<number> | number

/** Thrown for an entry that was put and not kept: the pickle is to be run again with it kept. */
export class MemoForgotten extends Error {}

/**
 * What a pickle put aside, by index. Python puts every value there and asks again for few: of a set of a million images that
 * would be several million entries. So they need not all be kept.
 */
export class PickleMemo {
  readonly #items = new Map<number, Item>()
  readonly #kept: Kept
  readonly #input: PickleInput
  /** Indices put so far: from `#first` to before `#next`, and `#apart`. */
  #first = 0
  #next = 0
  readonly #apart = new Set<number>()

  constructor(input: PickleInput, kept: Kept) {
    this.#input = input
    this.#kept = kept
  }

  /** The number of different indices put: MEMOIZE's next one. */
  get size(): number {
    return this.#next - this.#first + this.#apart.size
  }

  put(index: number, item: Item): void {
    const isNew = this.#count(index)
    if (this.#keeps(index, isNew)) this.#items.set(index, item)
    if (this.#items.size + this.#apart.size > memoLimit(this.#input)) throw memoError(this.#input)
  }

  get(index: number): Item {
    const item = this.#items.get(index)
    if (item !== undefined) return item
    if ((index >= this.#first && index < this.#next) || this.#apart.has(index)) throw new MemoForgotten()
    throw this.#input.error('an entry that the memo holds', `${this.#input.opcode} ${index}`)
  }

  #keeps(index: number, isNew: boolean): boolean {
    if (typeof this.#kept !== 'number') return this.#kept.has(index)
    return isNew ? this.#items.size < this.#kept : this.#items.has(index)
  }

  /** @returns whether it was never put before */
  #count(index: number): boolean {
    const { size } = this
    if (size === 0) {
      this.#first = index
      this.#next = index
    }
    if (index === this.#next) this.#next++
    else if (index < this.#first || index > this.#next) this.#apart.add(index)
    if (this.#apart.size > 0) while (this.#apart.delete(this.#next)) this.#next++
    return this.size > size
  }
}

export function memoLimit({ size }: PickleInput): number {
  return MAX_MEMO + Math.floor(size / BYTES_FOR_MORE)
}

export function memoError(input: PickleInput): Error {
  return input.error(`at most ${memoLimit(input)} memo entries`, 'more')
}
