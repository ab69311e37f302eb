import { DialectValue } from '../pickle-dialect.js'
import { PackedList } from './packed-list.js'
import { isBytes, type NumpyArray, type NumpyType, type PickleBytes } from './pickle-value.js'

/** What stands on the stack while a pickle is read: its values, and the globals and dtypes that values are made of. */
export type Item =
  | null
  | boolean
  | number
  | bigint
  | string
  | PickleBytes
  | Item[]
  | PackedList<Item>
  | Map<Item, Item>
  | Set<Item>
  | NumpyArray<PickleBytes>
  | NumpyDtype
  | PickleGlobal
  | DialectValue

/** A whitelisted global as a pickle names it. It stands for a Python object and is never looked up or called. */
export class PickleGlobal {
  readonly name: string

  constructor(name: string) {
    this.name = name
  }
}

/** A dtype on the stack; it is part of an array, never a value by itself. */
export class NumpyDtype {
  readonly type: NumpyType
  bigEndian = false

  constructor(type: NumpyType) {
    this.type = type
  }
}

/** A list is a plain array or a compact one; a tuple is a frozen array. */
export function isList(item: Item | undefined): item is Item[] | PackedList<Item> {
  return item instanceof PackedList || (Array.isArray(item) && !isTuple(item))
}

export function isTuple(item: Item | undefined): item is Item[] {
  return Array.isArray(item) && Object.isFrozen(item)
}

/** What an item is, in a word or two, for an error's `found`. */
export function describe(item: Item | undefined): string {
  if (item === undefined) return 'nothing'
  if (item === null) return 'None'
  if (item instanceof PickleGlobal) return item.name
  if (item instanceof DialectValue) return item.what
  if (item instanceof NumpyDtype) return `dtype ${item.type}`
  if (isBytes(item)) return `${item.length} bytes`
  if (isList(item)) return `a list of ${item.length}`
  if (isTuple(item)) return `a tuple of ${item.length}`
  if (item instanceof Map) return `a dict of ${item.size}`
  if (item instanceof Set) return `a set of ${item.size}`
  if (typeof item === 'object') return `an array of ${item.dtype}`
  return typeof item === 'string' ? quoted(item, 40) : `${typeof item} ${String(item).slice(0, 40)}`
}

/** Text out of an untrusted file, shortened and fit for a terminal. */
export function quoted(text: string, length: number): string {
  return JSON.stringify(text.slice(0, length)).replace(/[^\x20-\x7e]/g, '?')
}

/** A name out of an untrusted file, fit for a terminal. */
export function printable(text: string): string {
  const shown = text.length > 100 ? `${text.slice(0, 100)}…` : text
  return /^[\x20-\x7e…]*$/.test(shown) ? shown : JSON.stringify(shown).replace(/[^\x20-\x7e…]/g, '?')
}
