import type { PickleMachine } from '../machine/pickle-machine.js'
import { latin1Bytes } from '../opcodes/text-and-numbers.js'
import type { Construct } from '../pickle-dialect.js'
import { isBytes, type PickleBytes } from '../values/pickle-value.js'
import { describe, type Item, isList, isTuple } from '../values/stack-item.js'
import { arrayFromBuffer, newArray, newDtype, scalar } from './numpy.js'

/**
 * The whole whitelist: the globals a pickle may name, and what calling one (REDUCE) does here. A global that is only ever an
 * argument has none. Each is a function of this package; nothing of the pickle is looked up or run. opcodes/call-or-refuse.ts refuses all others.
 */
export const ALLOWED_GLOBALS: ReadonlyMap<string, Construct | undefined> = new Map<string, Construct | undefined>([
  ['_codecs.encode', encodeLatin1],
  ...inModules(['builtins', '__builtin__'], {
    bytes: bytesOf,
    bytearray: bytesOf,
    set: setOf,
    frozenset: setOf,
  }),
  ['numpy.ndarray', undefined],
  ['numpy.dtype', newDtype],
  ...inModules(['numpy.core.multiarray', 'numpy._core.multiarray'], { _reconstruct: newArray, scalar }),
  ...inModules(['numpy.core.numeric', 'numpy._core.numeric'], { _frombuffer: arrayFromBuffer }),
])

function inModules(modules: string[], functions: Record<string, Construct>): [string, Construct][] {
  return modules.flatMap(module =>
    Object.entries(functions).map(([name, construct]): [string, Construct] => [`${module}.${name}`, construct]),
  )
}

/**
 * `_codecs.encode(text, 'latin1')`, bytes as Python 3 spells them in protocols 0 to 2; `bytearray(text, 'latin-1')`, a bytearray as
 * Python 2 spells it, the codec as a str of its own, which is bytes here.
 */
function encodeLatin1(machine: PickleMachine, args: Item[]): PickleBytes {
  const [text, encoding] = args
  const codec = machine.shortText(encoding)
  if (args.length !== 2 || typeof text !== 'string' || (codec !== 'latin1' && codec !== 'latin-1')) {
    throw machine.error("a text and 'latin1'", args.map(describe).join(', '))
  }
  machine.countCopy(text.length)
  const bytes = latin1Bytes(text)
  if (!bytes) throw machine.error('characters below 256', 'others')
  return machine.bytesOfText(text, bytes)
}

function bytesOf(machine: PickleMachine, args: Item[]): PickleBytes {
  const [content, encoding] = args
  if (args.length === 0) return new Uint8Array(0)
  if (args.length === 1 && isBytes(content)) return content
  if (args.length === 2) return encodeLatin1(machine, [content!, encoding!])
  throw machine.error('bytes', args.map(describe).join(', '))
}

function setOf(machine: PickleMachine, args: Item[]): Set<Item> {
  const [members] = args
  if (args.length === 0) return new Set()
  if (args.length !== 1 || !(isList(members) || isTuple(members))) {
    throw machine.error("a set's members", args.map(describe).join(', '))
  }
  machine.countValues(members.length)
  return new Set(members)
}
