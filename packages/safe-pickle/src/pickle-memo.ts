import type { PickleInput } from './pickle-input.js'
import type { Item } from './pickle-item.js'
import { BYTES_FOR_MORE, MAX_MEMO } from './pickle-limits.js'

/**
 * What a pickle put aside, by index. Python puts every value there and asks again for few: of a set of a million images that
 * would be several million entries. Where it is known which are `wanted`, only those are kept.
 */
export class PickleMemo {
  readonly #items = new Map<number, Item>()
  readonly #wanted: ReadonlySet<number> | undefined
  readonly #input: PickleInput
  /** Indices put so far: from `#first` to before `#next`, and `#apart`. */
  #first = 0
  #next = 0
  readonly #apart = new Set<number>()

  constructor(input: PickleInput, wanted?: ReadonlySet<number>) {
    this.#input = input
    this.#wanted = wanted
  }

  /** The number of different indices put: MEMOIZE's next one. */
  get size(): number {
    return this.#next - this.#first + this.#apart.size
  }

  put(index: number, item: Item): void {
    this.#count(index)
    if (this.#wanted?.has(index) === false) return
    this.#items.set(index, item)
    if (this.#items.size + this.#apart.size > memoLimit(this.#input)) throw memoError(this.#input)
  }

  get(index: number): Item {
    const item = this.#items.get(index)
    if (item === undefined) throw this.#input.error('an entry that the memo holds', `${this.#input.opcode} ${index}`)
    return item
  }

  #count(index: number): void {
    if (this.#next === this.#first) {
      this.#first = index
      this.#next = index
    }
    if (index === this.#next) this.#next++
    else if (index < this.#first || index > this.#next) this.#apart.add(index)
    while (this.#apart.delete(this.#next)) this.#next++
  }
}

export function memoLimit({ size }: PickleInput): number {
  return MAX_MEMO + Math.floor(size / BYTES_FOR_MORE)
}

export function memoError(input: PickleInput): Error {
  return input.error(`at most ${memoLimit(input)} memo entries`, 'more')
}
