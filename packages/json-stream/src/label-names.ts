import { DataError } from '@tiny-face/safe-files'
import { shown } from './json-values.js'

/** Labels that are names, numbered. */
export class LabelNames {
  readonly all: string[] = []
  readonly #numbers = new Map<string, number>()
  readonly #fixed: boolean
  #named: boolean | undefined

  /** @param names where they are known: label 0 is the first; no other name is taken then */
  constructor(names?: readonly string[]) {
    this.#fixed = names !== undefined
    for (const name of names ?? []) this.#add(name)
  }

  /**
   * The record with its label as a number.
   *
   * @throws DataError for a name that is not among those known, and for names and numbers mixed
   */
  number<T extends Record<string, unknown>>(record: T): T {
    const { label } = record
    if (label === undefined) return record
    const named = typeof label === 'string'
    this.#named ??= named
    if (!this.#fixed && named !== this.#named) {
      throw new DataError({
        expected: `a label that is a ${named ? 'number' : 'name'}, as before`,
        found: shown(label),
      })
    }
    if (!named) return record
    const number = this.#numbers.get(label) ?? (this.#fixed ? undefined : this.#add(label))
    if (number === undefined)
      throw new DataError({ expected: "one of the begin's names as label", found: shown(label) })
    return { ...record, label: number }
  }

  #add(name: string): number {
    const number = this.all.push(name) - 1
    if (!this.#numbers.has(name)) this.#numbers.set(name, number)
    return number
  }
}
