import type { Span } from '../input/pickle-input.js'
import type { PickleMachine } from '../machine/pickle-machine.js'
import { MAX_STRING_BYTES } from '../pickle-limits.js'
import { describe, type Item, isList, quoted } from '../values/stack-item.js'
import {
  build,
  global,
  nameOf,
  newObject,
  persistent,
  reduce,
  refuse,
  refuseExtension,
  refuseNewObjectEx,
  refuseWith,
  stackGlobal,
} from './call-or-refuse.js'
import { type Argument, bytes1, bytes4, bytes8, line, long1, long4, none, text, twoLines } from './opcode-arguments.js'
import {
  decimalFloat,
  decimalInteger,
  latin1Text,
  littleEndianInteger,
  quotedBytes,
  rawUnicodeEscape,
  utf8Text,
} from './text-and-numbers.js'

export const STOP = 0x2e

export interface Opcode<Value = unknown> {
  /** As in Python's pickletools. */
  readonly name: string
  /** Reads what follows the opcode: enough to pass over it. */
  readonly argument: Argument<Value>
  readonly run: (machine: PickleMachine, argument: Value) => void
}

/** Every opcode of protocols 0 to 5 but STOP, by its code. */
export const OPCODES: readonly (Opcode | undefined)[] = table(
  // Housekeeping
  op(0x80, 'PROTO', i => i.uint8(), protocol),
  op(0x95, 'FRAME', i => i.uint64(), frame),
  // Constants and numbers
  op('N', 'NONE', none, m => m.push(null)),
  op(0x88, 'NEWTRUE', none, m => m.push(true)),
  op(0x89, 'NEWFALSE', none, m => m.push(false)),
  op('I', 'INT', line, textInteger),
  op(
    'J',
    'BININT',
    i => i.int32(),
    (m, value) => m.push(value),
  ),
  op(
    'K',
    'BININT1',
    i => i.uint8(),
    (m, value) => m.push(value),
  ),
  op(
    'M',
    'BININT2',
    i => i.uint16(),
    (m, value) => m.push(value),
  ),
  op('L', 'LONG', line, textLong),
  op(0x8a, 'LONG1', long1, long),
  op(0x8b, 'LONG4', long4, long),
  op('F', 'FLOAT', line, textFloat),
  op(
    'G',
    'BINFLOAT',
    i => i.float64BigEndian(),
    (m, value) => m.push(value),
  ),
  // Text and bytes; Python 2's str is bytes
  op('S', 'STRING', text, textString),
  op('T', 'BINSTRING', bytes4, (m, span) => m.pushBytes(span)),
  op('U', 'SHORT_BINSTRING', bytes1, (m, span) => m.pushBytes(span)),
  op('B', 'BINBYTES', bytes4, (m, span) => m.pushBytes(span)),
  op('C', 'SHORT_BINBYTES', bytes1, (m, span) => m.pushBytes(span)),
  op(0x8e, 'BINBYTES8', bytes8, (m, span) => m.pushBytes(span)),
  op(0x96, 'BYTEARRAY8', bytes8, (m, span) => m.pushBytes(span)),
  op('V', 'UNICODE', text, textUnicode),
  op('X', 'BINUNICODE', bytes4, unicode),
  op(0x8c, 'SHORT_BINUNICODE', bytes1, unicode),
  op(0x8d, 'BINUNICODE8', bytes8, unicode),
  // Containers
  op(']', 'EMPTY_LIST', none, m => m.pushList([])),
  op('l', 'LIST', none, m => m.pushList(m.popToMark())),
  op('a', 'APPEND', none, m => append(m, [m.pop()])),
  op('e', 'APPENDS', none, m => append(m, m.popToMark())),
  op(')', 'EMPTY_TUPLE', none, m => m.pushTuple([])),
  op(0x85, 'TUPLE1', none, m => m.pushTuple([m.pop()])),
  op(0x86, 'TUPLE2', none, m => m.pushTuple([m.pop(), m.pop()].reverse())),
  op(0x87, 'TUPLE3', none, m => m.pushTuple([m.pop(), m.pop(), m.pop()].reverse())),
  op('t', 'TUPLE', none, m => m.pushTuple(m.popToMark())),
  op('}', 'EMPTY_DICT', none, m => m.pushContainer(new Map())),
  op('d', 'DICT', none, dict),
  op('s', 'SETITEM', none, m => setItems(m, [m.pop(), m.pop()].reverse())),
  op('u', 'SETITEMS', none, m => setItems(m, m.popToMark())),
  op(0x8f, 'EMPTY_SET', none, m => m.pushContainer(new Set())),
  op(0x90, 'ADDITEMS', none, m => addItems(m, m.popToMark())),
  op(0x91, 'FROZENSET', none, m => m.pushContainer(new Set(m.popToMark()))),
  // The stack and the memo
  op('(', 'MARK', none, m => m.mark()),
  op('0', 'POP', none, m => m.popValueOrMark()),
  op('1', 'POP_MARK', none, m => void m.popToMark()),
  op('2', 'DUP', none, m => m.push(m.top())),
  op('p', 'PUT', line, (m, span) => m.memo.put(textIndex(m, span), m.top())),
  op(
    'q',
    'BINPUT',
    i => i.uint8(),
    (m, index) => m.memo.put(index, m.top()),
  ),
  op(
    'r',
    'LONG_BINPUT',
    i => i.uint32(),
    (m, index) => m.memo.put(index, m.top()),
  ),
  op(0x94, 'MEMOIZE', none, m => m.memo.put(m.memo.size, m.top())),
  op('g', 'GET', line, (m, span) => m.push(m.memo.get(textIndex(m, span)))),
  op(
    'h',
    'BINGET',
    i => i.uint8(),
    (m, index) => m.push(m.memo.get(index)),
  ),
  op(
    'j',
    'LONG_BINGET',
    i => i.uint32(),
    (m, index) => m.push(m.memo.get(index)),
  ),
  // Globals of the whitelist, and what is made of them
  op('c', 'GLOBAL', twoLines, (m, [module, attribute]) => global(m, nameOf(m, module), nameOf(m, attribute))),
  op(0x93, 'STACK_GLOBAL', none, stackGlobal),
  op('R', 'REDUCE', none, reduce),
  op('b', 'BUILD', none, build),
  // Never data
  op('i', 'INST', twoLines, (m, [module, attribute]) => refuseWith(m, `${nameOf(m, module)}.${nameOf(m, attribute)}`)),
  op('o', 'OBJ', none, m => refuse(m, m.popToMark()[0])),
  op(0x81, 'NEWOBJ', none, newObject),
  op(0x92, 'NEWOBJ_EX', none, refuseNewObjectEx),
  op(0x82, 'EXT1', i => i.uint8(), refuseExtension),
  op(0x83, 'EXT2', i => i.uint16(), refuseExtension),
  op(0x84, 'EXT4', i => i.uint32(), refuseExtension),
  op('P', 'PERSID', line, (m, span) => persistent(m, nameOf(m, span), nameOf(m, span))),
  op('Q', 'BINPERSID', none, m => persistent(m, m.pop())),
  op(0x97, 'NEXT_BUFFER', none, m => refuseWith(m, '(a buffer outside of the pickle)')),
  op(0x98, 'READONLY_BUFFER', none, m => refuseWith(m, '(a buffer outside of the pickle)')),
)

function op<Value>(
  code: number | string,
  name: string,
  argument: Argument<Value>,
  run: (machine: PickleMachine, argument: Value) => void,
): [code: number, opcode: Opcode] {
  // Each row is called with its own argument's value only.
  return [typeof code === 'string' ? code.charCodeAt(0) : code, { name, argument, run } as Opcode]
}

function table(...rows: [code: number, opcode: Opcode][]): (Opcode | undefined)[] {
  const opcodes: (Opcode | undefined)[] = Array(256).fill(undefined)
  for (const [code, opcode] of rows) opcodes[code] = opcode
  return opcodes
}

function protocol(machine: PickleMachine, version: number): void {
  if (version > 5) throw machine.error('protocol 0 to 5', `${version}`)
}

function frame(machine: PickleMachine, length: number): void {
  const left = machine.input.size - machine.input.position
  if (length > left) throw machine.error(`${length} more bytes of FRAME`, `${left}`)
}

// Numbers

/** A line of text as `parse` understands it. */
function parsed<T>(machine: PickleMachine, span: Span, parse: (text: string) => T | undefined, expected: string): T {
  const written = latin1Text(machine.input.content(span))
  const value = parse(written)
  if (value === undefined) throw machine.error(expected, quoted(written, 40))
  return value
}

/** INT spells True and False as 01 and 00. */
function textInteger(machine: PickleMachine, span: Span): void {
  const parse = (digits: string) => (digits === '01' ? true : digits === '00' ? false : decimalInteger(digits))
  pushInteger(machine, parsed(machine, span, parse, 'an integer'))
}

function textLong(machine: PickleMachine, span: Span): void {
  pushInteger(
    machine,
    parsed(machine, span, digits => decimalInteger(digits.replace(/L$/, '')), 'an integer'),
  )
}

function long(machine: PickleMachine, span: Span): void {
  pushInteger(machine, littleEndianInteger(machine.input.content(span)))
}

function pushInteger(machine: PickleMachine, value: number | bigint | boolean): void {
  if (typeof value === 'bigint') machine.pushObject(value)
  else machine.push(value)
}

function textFloat(machine: PickleMachine, span: Span): void {
  machine.push(parsed(machine, span, decimalFloat, 'a float'))
}

function textIndex(machine: PickleMachine, span: Span): number {
  return parsed(machine, span, memoIndex, 'an index of the memo')
}

export function memoIndex(digits: string): number | undefined {
  return /^\d{1,10}$/.test(digits) ? Number(digits) : undefined
}

// Text

function textString(machine: PickleMachine, span: Span): void {
  const written = latin1Text(machine.input.content(span))
  const bytes = quotedBytes(written)
  if (!bytes) throw machine.error('a quoted string', quoted(written, 40))
  machine.pushDecodedBytes(bytes)
}

function textUnicode(machine: PickleMachine, span: Span): void {
  const value = rawUnicodeEscape(latin1Text(machine.input.content(span)))
  if (value === undefined) throw machine.error('escapes of whole characters', 'others')
  machine.pushText(value)
}

function unicode(machine: PickleMachine, span: Span): void {
  const value = span.length > MAX_STRING_BYTES ? undefined : utf8Text(machine.input.content(span))
  if (value === undefined) {
    throw machine.error(`UTF-8 text of at most ${MAX_STRING_BYTES} bytes`, `${span.length} other bytes`)
  }
  machine.pushText(value)
}

// Containers

function append(machine: PickleMachine, items: Item[]): void {
  const list = machine.top()
  if (!isList(list)) throw machine.error(`a list for ${machine.opcode}`, describe(list))
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
