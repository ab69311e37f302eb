/**
 * A pickle is a program for a small stack machine (spec: CPython's Lib/pickletools.py):
 *
 *     opcode argument opcode argument … '.' (STOP)
 *
 * An opcode is one byte; its argument, if any, follows it: little-endian numbers, text up to a newline, or a length and as many
 * bytes. Opcodes push values, gather those above a mark into a container, and put values into a memo and get them again.
 * Others name a Python function (GLOBAL), call it (REDUCE) or set an object's state (BUILD): that is how a pickle runs any code
 * it likes when Python loads it. Here those make numpy arrays, bytes and sets (ALLOWED_GLOBALS) and are refused otherwise.
 */

import { OPCODES, STOP } from '../opcodes/opcodes.js'
import { PickleError } from '../pickle-error.js'
import { checkValue } from '../values/check-value.js'
import type { Item } from '../values/stack-item.js'
import type { PickleMachine } from './pickle-machine.js'

/**
 * Runs a pickle that is all of its input.
 *
 * @throws {PickleError} for damage, for anything that is not data, and for what goes beyond a limit
 */
export function runPickle(machine: PickleMachine): Item {
  const { input } = machine
  const atEnd = () => {
    const left = input.size - input.position
    if (left > 0) throw new PickleError(input.position, 'the end of the data', `${left} more bytes`)
  }
  return runToStop(machine, atEnd)
}

/** The same of a pickle that other data may follow. `stopped` is called behind its last opcode. */
export function runToStop(machine: PickleMachine, stopped?: () => void): Item {
  const { input } = machine
  for (let code = input.nextOpcode(); code !== STOP; code = input.nextOpcode()) {
    const opcode = OPCODES[code]
    if (!opcode) throw input.error('an opcode', `0x${code.toString(16).padStart(2, '0')}`)
    input.opcode = opcode.name
    opcode.run(machine, opcode.argument(input))
  }
  input.opcode = 'STOP'
  const value = machine.result()
  stopped?.()
  checkValue(machine, value)
  return value
}
