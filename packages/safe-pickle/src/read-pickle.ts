import { PickleInput } from './input/pickle-input.js'
import { readString } from './input/read-string.js'
import { PickleMachine } from './machine/pickle-machine.js'
import { runPickle } from './machine/run-pickle.js'
import type { PickleValue } from './values/pickle-value.js'

/**
 * The value a pickle of protocol 0 to 5 holds, as Python's `pickle.loads(bytes, encoding='bytes')` gives it. Executes nothing.
 * Bytes of the value share memory with `bytes`.
 *
 * @throws {PickleError} for damage, for anything that is not data, and for what goes beyond a limit
 */
export function readPickle(bytes: Uint8Array): PickleValue {
  const input = new PickleInput(bytes)
  return runPickle(new PickleMachine(input, place => readString(input, place))) as PickleValue
}
