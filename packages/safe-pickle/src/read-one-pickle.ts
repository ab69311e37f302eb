import { PickleInput } from './input/pickle-input.js'
import { readString } from './input/read-string.js'
import { PickleMachine } from './machine/pickle-machine.js'
import { runToStop } from './machine/run-pickle.js'
import type { PickleDialect } from './pickle-dialect.js'
import type { Item } from './values/stack-item.js'

/**
 * The value of one pickle among other data, as Python's `pickle.Unpickler(file).load()` reads it. Executes nothing.
 *
 * @param source the bytes, or the descriptor of a file of `size` bytes
 * @param start where the pickle begins
 * @returns the value, its bytes sharing memory with the source where that is bytes; and where the pickle ends, behind its STOP
 * @throws {PickleError} for damage, for anything that is neither data nor of the dialect, and for what goes beyond a limit
 */
export function readOnePickle(
  source: Uint8Array | { readonly fd: number; readonly size: number },
  dialect: PickleDialect,
  start = 0,
): { value: Item; end: number } {
  const input = new PickleInput(source)
  input.position = start
  const value = runToStop(new PickleMachine(input, place => readString(input, place), { dialect }))
  return { value, end: input.position }
}
