import { DataError } from '@tiny-face/safe-files'
import { Assembler } from 'stream-json/core/assembler.js'
import type { Token } from 'stream-json/core/parser.js'
import { MAX_JSON_DEPTH, shown, tooDeep } from './json-values.js'

/** The most JSON that one item may take, in bytes. */
export const MAX_JSON_BYTES = 1 << 27

/** The digits of the largest integers that a record stream holds. */
const MAX_DIGITS = 20

export interface JsonItem {
  value: unknown
  file: string
  /** The line on which it begins, from 1. */
  line: number
  /** Of a big object of objects: what it is under. */
  key?: string
}

/** What is at the top: nothing, one object, an array of objects, an object of objects. */
type Top = 'none' | 'object' | 'array' | 'keyed'

/** Tokens to objects: those at the top, those of an array at the top, and, where asked for, those of an object at the top. */
export class JsonAssembly {
  readonly #assembler = new Assembler<unknown>()
  readonly #file: string
  readonly #keyed: boolean
  #top: Top = 'none'
  #depth = 0
  #line = 0
  /** Tokens since the top began. */
  #tokens = 0
  #bytes = 0

  /** @param file that the tokens come from */
  constructor(file: string, keyed: boolean) {
    this.#file = file
    this.#keyed = keyed
  }

  /** Whether nothing is open. */
  get idle(): boolean {
    return this.#top === 'none'
  }

  /** Says that the tokens of `size` bytes were taken. */
  taken(size: number): void {
    this.#bytes = this.idle ? 0 : this.#bytes + size
    if (this.#bytes > MAX_JSON_BYTES) {
      throw new DataError({ expected: `an object of at most ${MAX_JSON_BYTES} bytes`, found: 'a larger one' })
    }
  }

  /** @returns the item that the token completes */
  take(token: Token, line: number): JsonItem | undefined {
    const opens = token.name === 'startObject' || token.name === 'startArray'
    const closes = token.name === 'endObject' || token.name === 'endArray'
    if (this.#top === 'none') this.#begin(token)
    else this.#tokens++
    if (this.#keyed && this.#top === 'object' && this.#tokens === 2 && token.name === 'startObject') this.#top = 'keyed'
    const itemDepth = this.#top === 'object' ? 0 : 1
    if (this.#depth === itemDepth && !closes && token.name !== 'keyValue') this.#line = line
    if (opens && ++this.#depth > MAX_JSON_DEPTH + itemDepth) throw tooDeep()
    if (closes) this.#depth--
    if (token.name === 'numberValue') this.#save(exactNumber(token.value))
    else this.#assembler.consume(token)
    if (this.#depth === 0) {
      const whole = this.#top === 'object'
      this.#top = 'none'
      return whole ? this.#item(this.#assembler.current) : undefined
    }
    return this.#depth === 1 && this.#top !== 'object' && token.name !== 'keyValue' ? this.#pop() : undefined
  }

  #begin(token: Token): void {
    this.#tokens = 0
    if (token.name === 'startObject') this.#top = 'object'
    else if (token.name === 'startArray') this.#top = 'array'
    else throw new DataError({ expected: 'an object', found: shown((token as { value?: unknown }).value) })
  }

  /** The assembler rounds numbers that it is given as such; any other value it keeps as it is. */
  #save(number: number | bigint): void {
    this.#assembler.consume({ name: 'stringValue', value: number as unknown as string })
  }

  /** Takes the item out of the array or object at the top, so that this does not grow. */
  #pop(): JsonItem | undefined {
    const top = this.#assembler.current
    if (Array.isArray(top)) return top.length === 0 ? undefined : this.#item(top.pop())
    for (const [key, value] of Object.entries(top as object)) {
      delete (top as Record<string, unknown>)[key]
      return this.#item(value, key)
    }
    return undefined
  }

  #item(value: unknown, key?: string): JsonItem {
    this.#bytes = 0
    if (value === null || typeof value !== 'object' || Array.isArray(value)) {
      const place = key === undefined ? '' : ` under ${JSON.stringify(key)}`
      throw new DataError({ expected: `an object${place}`, found: shown(value) })
    }
    return { value, file: this.#file, line: this.#line, key }
  }
}

/** A number's text as a Number, or as a BigInt where that keeps an integer exact. */
function exactNumber(text: string): number | bigint {
  const number = Number(text)
  if (Number.isSafeInteger(number) || !/^-?\d+$/.test(text)) {
    if (Number.isFinite(number)) return number
    throw new DataError({ expected: 'a number that a float64 holds', found: shown(text) })
  }
  const exact = text.length > MAX_DIGITS + 1 ? undefined : BigInt(text)
  if (exact === undefined || exact > 0xffffffffffffffffn || exact < -0x8000000000000000n) {
    throw new DataError({ expected: 'an integer of at most 64 bits', found: text.slice(0, 40) })
  }
  return exact
}
