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
import { describe } from './numpy.js'
import { OPCODES, STOP } from './opcodes.js'
import { PickleError } from './pickle-error.js'
import { MAX_DEPTH } from './pickle-limits.js'
import { type Item, PickleMachine } from './pickle-machine.js'
import type { PickleValue } from './pickle-value.js'

/**
 * The value a pickle of protocol 0 to 5 holds, as Python's `pickle.loads(bytes, encoding='bytes')` gives it. Executes nothing.
 * Bytes of the value share memory with `bytes`.
 *
 * @throws {PickleError} for damage, for anything that is not data, and for what goes beyond a limit
 */
export function readPickle(bytes: Uint8Array): PickleValue {
  const machine = new PickleMachine(bytes)
  for (let code = machine.nextOpcode(); code !== STOP; code = machine.nextOpcode()) {
    const opcode = OPCODES.get(code)
    if (!opcode) throw machine.error('an opcode', `0x${code.toString(16).padStart(2, '0')}`)
    machine.opcode = opcode.name
    opcode.run(machine)
  }
  machine.opcode = 'STOP'
  const value = machine.result()
  const left = bytes.length - machine.position
  if (left > 0) throw new PickleError(machine.position, 'the end of the data', `${left} more bytes`)
  return checkedValue(machine, value)
}

/** A value that is no global or dtype, does not contain itself, and is at most MAX_DEPTH containers deep, all the way down. */
function checkedValue(machine: PickleMachine, root: Item): PickleValue {
  const heights = new Map<object, number>() // containers seen; 0 while one is open

  /** How deep a value is, when `depth` containers are around it. */
  function heightOf(item: Item, depth: number, parent: object | undefined): number {
    const fail = (expected: string, found: string): PickleError =>
      new PickleError((parent && machine.born.get(parent)) ?? machine.opcodeOffset, expected, found)
    if (typeof item !== 'object' || item === null || item instanceof Uint8Array) return 0
    if (!isContainer(item)) {
      if ('shape' in item) return 0
      throw fail('plain data', `${describe(item)} as a value`)
    }
    let height = heights.get(item)
    if (height === 0) throw fail('a value that ends', `${describe(item)} inside itself`)
    if (depth + (height ?? 1) > MAX_DEPTH) throw fail(`containers at most ${MAX_DEPTH} deep`, 'deeper ones')
    if (height !== undefined) return height
    heights.set(item, 0)
    height = 1
    for (const child of childrenOf(item)) height = Math.max(height, 1 + heightOf(child, depth + 1, item))
    heights.set(item, height)
    return height
  }

  heightOf(root, 0, undefined)
  return root as PickleValue
}

type Container = Item[] | Map<Item, Item> | Set<Item>

function isContainer(item: object): item is Container {
  return Array.isArray(item) || item instanceof Map || item instanceof Set
}

function* childrenOf(container: Container): Iterable<Item> {
  if (container instanceof Map) yield* container.keys()
  yield* container.values()
}
