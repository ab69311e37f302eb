/**
 * What makes a pickle a program: names of Python's functions, calls of them, states set on what they return, and whatever else asks for
 * an object that is not data. Only ALLOWED_GLOBALS and those of a dialect are called, and these are functions here; all else is refused.
 */
import { ALLOWED_GLOBALS } from '../globals/allowed-globals.js'
import { buildArray, buildDtype } from '../globals/numpy.js'
import type { Span } from '../input/pickle-input.js'
import type { PickleMachine } from '../machine/pickle-machine.js'
import { type Construct, DialectValue } from '../pickle-dialect.js'
import { describe, type Item, isTuple, NumpyDtype, PickleGlobal, printable } from '../values/stack-item.js'
import { utf8Text } from './text-and-numbers.js'

export function nameOf(machine: PickleMachine, span: Span): string {
  return utf8Text(machine.input.content(span)) ?? '(no UTF-8)'
}

export function global(machine: PickleMachine, module: string, attribute: string): void {
  const qualified = `${module}.${attribute}`
  if (!ALLOWED_GLOBALS.has(qualified) && !machine.dialect?.globals.has(qualified))
    throw machine.refusal(printable(qualified))
  machine.pushObject(new PickleGlobal(qualified))
}

export function stackGlobal(machine: PickleMachine): void {
  const attribute = machine.pop()
  const module = machine.pop()
  if (typeof module !== 'string' || typeof attribute !== 'string') {
    throw machine.error('a module and a name for STACK_GLOBAL', `${describe(module)}, ${describe(attribute)}`)
  }
  global(machine, module, attribute)
}

export function reduce(machine: PickleMachine): void {
  const args = machine.pop()
  const callable = machine.pop()
  const own = callable instanceof PickleGlobal ? ALLOWED_GLOBALS.get(callable.name) : undefined
  const construct = own ?? dialectConstruct(machine, callable)
  if (!construct) throw machine.refusal(`of ${describe(callable)}`)
  if (!isTuple(args)) throw machine.error('a tuple of arguments', describe(args))
  pushMade(machine, construct(machine, args))
}

function dialectConstruct({ dialect }: PickleMachine, callable: Item): Construct | undefined {
  return callable instanceof PickleGlobal ? dialect?.globals.get(callable.name) : undefined
}

function pushMade(machine: PickleMachine, value: Item): void {
  if (value instanceof Set || value instanceof Map) machine.pushContainer(value)
  else if (typeof value === 'object' && value !== null) machine.pushObject(value)
  else machine.push(value)
}

export function build(machine: PickleMachine): void {
  const state = machine.pop()
  const target = machine.top()
  if (target instanceof NumpyDtype) buildDtype(machine, target, state)
  else if (target !== null && typeof target === 'object' && 'dtype' in target) buildArray(machine, target, state)
  // Attributes of a dialect's object, or of its dict, are nothing that anyone asks for.
  else if (!machine.dialect || !(target instanceof Map || target instanceof DialectValue))
    throw machine.refusal(`of ${describe(target)}`)
}

export function refuseWith(machine: PickleMachine, what: string): never {
  throw machine.refusal(printable(what))
}

export function refuse(machine: PickleMachine, callable: Item | undefined): never {
  throw machine.refusal(`of ${describe(callable)}`)
}

export function refuseExtension(machine: PickleMachine, code: number): never {
  refuseWith(machine, `${code} (a global of the extension registry)`)
}

/** PERSID and BINPERSID: an object outside of the pickle, which only a dialect knows. */
export function persistent(machine: PickleMachine, id: Item, shown = describe(id)): void {
  if (!machine.dialect) refuseWith(machine, `${shown} (an object outside of the pickle)`)
  pushMade(machine, machine.dialect.persistent(machine, id))
}

/** NEWOBJ: `class.__new__(class, *arguments)`, which for a dialect's classes is a call like any other. */
export function newObject(machine: PickleMachine): void {
  const args = machine.pop()
  const type = machine.pop()
  const construct = dialectConstruct(machine, type)
  if (!construct || !isTuple(args)) refuse(machine, type)
  pushMade(machine, construct(machine, args))
}

export function refuseNewObjectEx(machine: PickleMachine): never {
  machine.pop()
  machine.pop()
  refuse(machine, machine.pop())
}
