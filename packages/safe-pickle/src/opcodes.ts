import { ALLOWED_GLOBALS } from './allowed-globals.js'
import { buildArray, buildDtype, describe, NumpyDtype } from './numpy.js'
import {
  decimalFloat,
  decimalInteger,
  latin1Text,
  littleEndianInteger,
  quotedBytes,
  rawUnicodeEscape,
  utf8Text,
} from './pickle-bytes.js'
import { MAX_INTEGER, MAX_LINE, MAX_STRING_BYTES } from './pickle-limits.js'
import { type Item, PickleGlobal, type PickleMachine } from './pickle-machine.js'

type Run = (machine: PickleMachine) => void

export const STOP = 0x2e

/** Every opcode of protocols 0 to 5 but STOP, named as in Python's pickletools. */
export const OPCODES: ReadonlyMap<number, { name: string; run: Run }> = new Map(
  (
    [
      // Housekeeping
      [0x80, 'PROTO', protocol],
      [0x95, 'FRAME', frame],
      // Constants and numbers
      ['N', 'NONE', m => m.push(null)],
      [0x88, 'NEWTRUE', m => m.push(true)],
      [0x89, 'NEWFALSE', m => m.push(false)],
      ['I', 'INT', textInteger],
      ['J', 'BININT', m => m.push(m.int32())],
      ['K', 'BININT1', m => m.push(m.uint8())],
      ['M', 'BININT2', m => m.push(m.uint16())],
      ['L', 'LONG', textLong],
      [0x8a, 'LONG1', m => long(m, m.uint8())],
      [0x8b, 'LONG4', m => long(m, m.int32())],
      ['F', 'FLOAT', m => m.push(parsed(m, decimalFloat, 'a float'))],
      ['G', 'BINFLOAT', m => m.push(m.float64BigEndian())],
      // Text and bytes; Python 2's str is bytes
      ['S', 'STRING', textString],
      ['T', 'BINSTRING', m => m.push(m.take(m.uint32()))],
      ['U', 'SHORT_BINSTRING', m => m.push(m.take(m.uint8()))],
      ['B', 'BINBYTES', m => m.push(m.take(m.uint32()))],
      ['C', 'SHORT_BINBYTES', m => m.push(m.take(m.uint8()))],
      [0x8e, 'BINBYTES8', m => m.push(m.take(m.uint64()))],
      [0x96, 'BYTEARRAY8', m => m.push(m.take(m.uint64()))],
      ['V', 'UNICODE', textUnicode],
      ['X', 'BINUNICODE', m => unicode(m, m.uint32())],
      [0x8c, 'SHORT_BINUNICODE', m => unicode(m, m.uint8())],
      [0x8d, 'BINUNICODE8', m => unicode(m, m.uint64())],
      // Containers
      [']', 'EMPTY_LIST', m => m.pushContainer([])],
      ['l', 'LIST', m => m.pushContainer(m.popToMark())],
      ['a', 'APPEND', m => append(m, [m.pop()])],
      ['e', 'APPENDS', m => append(m, m.popToMark())],
      [')', 'EMPTY_TUPLE', m => m.pushTuple([])],
      [0x85, 'TUPLE1', m => m.pushTuple([m.pop()])],
      [0x86, 'TUPLE2', m => m.pushTuple([m.pop(), m.pop()].reverse())],
      [0x87, 'TUPLE3', m => m.pushTuple([m.pop(), m.pop(), m.pop()].reverse())],
      ['t', 'TUPLE', m => m.pushTuple(m.popToMark())],
      ['}', 'EMPTY_DICT', m => m.pushContainer(new Map())],
      ['d', 'DICT', dict],
      ['s', 'SETITEM', m => setItems(m, [m.pop(), m.pop()].reverse())],
      ['u', 'SETITEMS', m => setItems(m, m.popToMark())],
      [0x8f, 'EMPTY_SET', m => m.pushContainer(new Set())],
      [0x90, 'ADDITEMS', m => addItems(m, m.popToMark())],
      [0x91, 'FROZENSET', m => m.pushContainer(new Set(m.popToMark()))],
      // The stack and the memo
      ['(', 'MARK', m => m.mark()],
      ['0', 'POP', m => m.popValueOrMark()],
      ['1', 'POP_MARK', m => void m.popToMark()],
      ['2', 'DUP', m => m.push(m.top())],
      ['p', 'PUT', m => m.remember(textIndex(m))],
      ['q', 'BINPUT', m => m.remember(m.uint8())],
      ['r', 'LONG_BINPUT', m => m.remember(m.uint32())],
      [0x94, 'MEMOIZE', m => m.remember(m.memo.size)],
      ['g', 'GET', m => m.recall(textIndex(m))],
      ['h', 'BINGET', m => m.recall(m.uint8())],
      ['j', 'LONG_BINGET', m => m.recall(m.uint32())],
      // Globals of the whitelist, and what is made of them
      ['c', 'GLOBAL', m => global(m, name(m), name(m))],
      [0x93, 'STACK_GLOBAL', stackGlobal],
      ['R', 'REDUCE', reduce],
      ['b', 'BUILD', build],
      // Never data
      ['i', 'INST', refuseInst],
      ['o', 'OBJ', m => refuse(m, m.popToMark()[0])],
      [0x81, 'NEWOBJ', refuseNewObject],
      [0x92, 'NEWOBJ_EX', refuseNewObjectEx],
      [0x82, 'EXT1', m => refuseWith(m, `${m.uint8()} (a global of the extension registry)`)],
      [0x83, 'EXT2', m => refuseWith(m, `${m.uint16()} (a global of the extension registry)`)],
      [0x84, 'EXT4', m => refuseWith(m, `${m.uint32()} (a global of the extension registry)`)],
      ['P', 'PERSID', m => refuseWith(m, `${name(m)} (an object outside of the pickle)`)],
      ['Q', 'BINPERSID', m => refuseWith(m, `${describe(m.pop())} (an object outside of the pickle)`)],
      [0x97, 'NEXT_BUFFER', m => refuseWith(m, '(a buffer outside of the pickle)')],
      [0x98, 'READONLY_BUFFER', m => refuseWith(m, '(a buffer outside of the pickle)')],
    ] satisfies [number | string, string, Run][]
  ).map(([code, name, run]) => [typeof code === 'string' ? code.charCodeAt(0) : code, { name, run }]),
)

function protocol(machine: PickleMachine): void {
  const version = machine.uint8()
  if (version > 5) throw machine.error('protocol 0 to 5', `${version}`)
}

function frame(machine: PickleMachine): void {
  const length = machine.uint64()
  const left = machine.bytes.length - machine.position
  if (length > left) throw machine.error(`${length} more bytes of FRAME`, `${left}`)
}

// Numbers

/** A line of text as `parse` understands it. */
function parsed<T>(machine: PickleMachine, parse: (text: string) => T | undefined, expected: string): T {
  const text = latin1Text(machine.line(MAX_LINE))
  const value = parse(text)
  if (value === undefined) throw machine.error(expected, JSON.stringify(text.slice(0, 40)))
  return value
}

/** INT spells True and False as 01 and 00. */
function textInteger(machine: PickleMachine): void {
  machine.push(
    parsed(machine, text => (text === '01' ? true : text === '00' ? false : decimalInteger(text)), 'an integer'),
  )
}

function textLong(machine: PickleMachine): void {
  machine.push(parsed(machine, text => decimalInteger(text.replace(/L$/, '')), 'an integer'))
}

function long(machine: PickleMachine, length: number): void {
  if (length < 0 || length > MAX_INTEGER) throw machine.error(`an integer of at most ${MAX_INTEGER} bytes`, `${length}`)
  machine.push(littleEndianInteger(machine.take(length)))
}

function textIndex(machine: PickleMachine): number {
  return parsed(machine, text => (/^\d{1,10}$/.test(text) ? Number(text) : undefined), 'an index of the memo')
}

// Text

function textString(machine: PickleMachine): void {
  const line = latin1Text(machine.line(MAX_STRING_BYTES))
  const bytes = quotedBytes(line)
  if (!bytes) throw machine.error('a quoted string', JSON.stringify(line.slice(0, 40)))
  machine.push(bytes)
}

function textUnicode(machine: PickleMachine): void {
  const text = rawUnicodeEscape(latin1Text(machine.line(MAX_STRING_BYTES)))
  if (text === undefined) throw machine.error('escapes of whole characters', 'others')
  machine.push(text)
}

function unicode(machine: PickleMachine, length: number): void {
  const text = utf8Text(machine.take(length))
  if (text === undefined)
    throw machine.error(`UTF-8 text of at most ${MAX_STRING_BYTES} bytes`, `${length} other bytes`)
  machine.push(text)
}

// Containers

function append(machine: PickleMachine, items: Item[]): void {
  const list = machine.top()
  if (!Array.isArray(list) || Object.isFrozen(list)) throw machine.error(`a list for ${machine.opcode}`, describe(list))
  for (const item of items) list.push(item)
}

function dict(machine: PickleMachine): void {
  const items = machine.popToMark()
  machine.pushContainer(new Map())
  setItems(machine, items)
}

function setItems(machine: PickleMachine, items: Item[]): void {
  const map = machine.top()
  if (!(map instanceof Map)) throw machine.error(`a dict for ${machine.opcode}`, describe(map))
  if (items.length % 2 !== 0) throw machine.error('a value for every key', `${items.length} items`)
  for (let i = 0; i < items.length; i += 2) map.set(items[i]!, items[i + 1]!)
}

function addItems(machine: PickleMachine, items: Item[]): void {
  const set = machine.top()
  if (!(set instanceof Set)) throw machine.error(`a set for ${machine.opcode}`, describe(set))
  for (const item of items) set.add(item)
}

// Globals

function name(machine: PickleMachine): string {
  return utf8Text(machine.line(MAX_LINE)) ?? '(no UTF-8)'
}

function global(machine: PickleMachine, module: string, attribute: string): void {
  const qualified = `${module}.${attribute}`
  if (!ALLOWED_GLOBALS.has(qualified)) throw machine.refusal(printable(qualified))
  machine.push(new PickleGlobal(qualified))
}

function stackGlobal(machine: PickleMachine): void {
  const attribute = machine.pop()
  const module = machine.pop()
  if (typeof module !== 'string' || typeof attribute !== 'string') {
    throw machine.error('a module and a name for STACK_GLOBAL', `${describe(module)}, ${describe(attribute)}`)
  }
  global(machine, module, attribute)
}

function reduce(machine: PickleMachine): void {
  const args = machine.pop()
  const callable = machine.pop()
  const construct = callable instanceof PickleGlobal ? ALLOWED_GLOBALS.get(callable.name) : undefined
  if (!construct) throw machine.refusal(`of ${describe(callable)}`)
  if (!Array.isArray(args)) throw machine.error('a tuple of arguments', describe(args))
  const value = construct(machine, args)
  if (typeof value === 'object' && value !== null) machine.pushContainer(value)
  else machine.push(value)
}

function build(machine: PickleMachine): void {
  const state = machine.pop()
  const target = machine.top()
  if (target instanceof NumpyDtype) buildDtype(machine, target, state)
  else if (target !== null && typeof target === 'object' && 'dtype' in target) buildArray(machine, target, state)
  else throw machine.refusal(`of ${describe(target)}`)
}

// Refusals

function refuseWith(machine: PickleMachine, what: string): never {
  throw machine.refusal(printable(what))
}

function refuse(machine: PickleMachine, callable: Item | undefined): never {
  throw machine.refusal(`of ${describe(callable)}`)
}

function refuseInst(machine: PickleMachine): never {
  refuseWith(machine, `${name(machine)}.${name(machine)}`)
}

function refuseNewObject(machine: PickleMachine): never {
  machine.pop()
  refuse(machine, machine.pop())
}

function refuseNewObjectEx(machine: PickleMachine): never {
  machine.pop()
  refuseNewObject(machine)
}

/** A name out of an untrusted file, fit for a terminal. */
function printable(text: string): string {
  const shown = text.length > 100 ? `${text.slice(0, 100)}…` : text
  return /^[\x20-\x7e…]*$/.test(shown) ? shown : JSON.stringify(shown).replace(/[^\x20-\x7e…]/g, '?')
}
