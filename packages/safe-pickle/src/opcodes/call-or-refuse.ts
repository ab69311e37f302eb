/**
 * What makes a pickle a program: names of Python's functions, calls of them, states set on what they return, and whatever else asks for
 * an object that is not data. Only ALLOWED_GLOBALS are called, and these are functions here; all else is refused.
 */
import { ALLOWED_GLOBALS } from '../globals/allowed-globals.js'
import { buildArray, buildDtype } from '../globals/numpy.js'
import type { Span } from '../input/pickle-input.js'
import type { PickleMachine } from '../machine/pickle-machine.js'
import { describe, type Item, isTuple, NumpyDtype, PickleGlobal, printable } from '../values/stack-item.js'
import { utf8Text } from './text-and-numbers.js'

export function nameOf(machine: PickleMachine, span: Span): string {
  return utf8Text(machine.input.content(span)) ?? '(no UTF-8)'
}

export function global(machine: PickleMachine, module: string, attribute: string): void {
  const qualified = `${module}.${attribute}`
  if (!ALLOWED_GLOBALS.has(qualified)) throw machine.refusal(printable(qualified))
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
  const construct = callable instanceof PickleGlobal ? ALLOWED_GLOBALS.get(callable.name) : undefined
  if (!construct) throw machine.refusal(`of ${describe(callable)}`)
  if (!isTuple(args)) throw machine.error('a tuple of arguments', describe(args))
  const value = construct(machine, args)
  if (value instanceof Set) machine.pushContainer(value)
  else if (typeof value === 'object' && value !== null) machine.pushObject(value)
  else machine.push(value)
}

export function build(machine: PickleMachine): void {
  const state = machine.pop()
  const target = machine.top()
  if (target instanceof NumpyDtype) buildDtype(machine, target, state)
  else if (target !== null && typeof target === 'object' && 'dtype' in target) buildArray(machine, target, state)
  else throw machine.refusal(`of ${describe(target)}`)
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

export function refuseOutside(machine: PickleMachine, name: string): never {
  refuseWith(machine, `${name} (an object outside of the pickle)`)
}

export function refuseNewObject(machine: PickleMachine): never {
  machine.pop()
  refuse(machine, machine.pop())
}

export function refuseNewObjectEx(machine: PickleMachine): never {
  machine.pop()
  refuseNewObject(machine)
}
