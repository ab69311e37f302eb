import { fstatSync } from 'node:fs'
import { PickleInput } from './input/pickle-input.js'
import { readString } from './input/read-string.js'
import { memoAskedFor } from './machine/memo-asked-for.js'
import { PickleMachine } from './machine/pickle-machine.js'
import { type Kept, MemoForgotten } from './machine/pickle-memo.js'
import { runPickle } from './machine/run-pickle.js'
import { BytesInPickle, type OpenValue, type PickleBytes } from './values/pickle-value.js'

/**
 * Memo entries that are kept at first: Python asks again for names, dtypes and small tuples, which come early. A pickle that asks
 * for a later one (the same image in many pairs) is gone through once more, to see for which.
 */
const KEPT_AT_FIRST = 2 ** 14

export interface OpenPickle {
  /** What the pickle holds; its byte strings are where they lie. */
  value: OpenValue
  /** The bytes of one; valid until the next are asked for. */
  bytesOf(bytes: PickleBytes): Uint8Array
}

/**
 * Reads a pickle of any size and leaves its byte strings where they are: memory holds 12 bytes for each image of a list, however
 * long. Executes nothing.
 *
 * @param source the pickle, or the descriptor of a regular file, which stays open as long as bytes are asked for
 * @throws {PickleError} as readPickle
 */
export function openPickle(source: Uint8Array | number): OpenPickle {
  const input = new PickleInput(typeof source === 'number' ? { fd: source, size: fstatSync(source).size } : source)
  try {
    return run(input, KEPT_AT_FIRST)
  } catch (error) {
    if (!(error instanceof MemoForgotten)) throw error
    input.position = 0
    return run(input, memoAskedFor(input))
  }
}

function run(input: PickleInput, kept: Kept): OpenPickle {
  const read = (place: BytesInPickle) => readString(input, place)
  const machine = new PickleMachine(input, read, { open: true, kept })
  const value = runPickle(machine) as OpenValue
  return { value, bytesOf: bytes => (bytes instanceof BytesInPickle ? read(bytes) : bytes) }
}
