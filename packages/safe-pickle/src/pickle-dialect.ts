import type { PickleMachine } from './machine/pickle-machine.js'
import type { Item } from './values/stack-item.js'

/** Makes the value that Python's function of that name would return for a tuple of arguments. */
export type Construct = (machine: PickleMachine, args: Item[]) => Item

/**
 * What pickles of one program hold beyond plain data, such as PyTorch's tensors. The functions are the caller's own, chosen by name out of
 * this table: nothing of the pickle is looked up or run.
 */
export interface PickleDialect {
  /** By `module.name`: what calling one makes; undefined for one that is only ever an argument or a value. */
  readonly globals: ReadonlyMap<string, Construct | undefined>
  /** What a persistent id stands for: something outside of the pickle. */
  readonly persistent: (machine: PickleMachine, id: Item) => Item
}

/** A value that a dialect makes; to the pickle it is one thing without parts. */
export class DialectValue<T = unknown> {
  /** In a word or two, for messages. */
  readonly what: string
  readonly value: T

  constructor(what: string, value: T) {
    this.what = what
    this.value = value
  }
}
