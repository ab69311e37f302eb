import { InvalidArgumentError, parseNumber, parseWhole } from '@tiny-face/command-shell'
import type { VerificationSet } from '../config.js'
import type { Span } from '../steps-per-epoch.js'

/** For commander, as all here: one of some names, or of those that they had in earlier versions. */
export function oneOf<T extends string>(
  names: readonly T[],
  former: Readonly<Record<string, T>> = {},
): (text: string) => T {
  return text => {
    if (!names.includes(text as T) && !Object.hasOwn(former, text))
      throw new InvalidArgumentError(`It is one of ${names.join(', ')}.`)
    return text as T
  }
}

/** The name of an entry of a table. */
export function keyOf<T extends object>(
  table: T,
  former?: Readonly<Record<string, keyof T & string>>,
): (text: string) => keyof T & string {
  return oneOf(Object.keys(table) as (keyof T & string)[], former)
}

/** Numbers of at least 0 with commas between. */
export function numbers(what: string): (text: string) => number[] {
  const parse = parseNumber(what, 0)
  return text => text.split(',').map(parse)
}

/** The three margins of the combined head: `1,0.3,0.2`. */
export function threeNumbers(what: string): (text: string) => [number, number, number] {
  return text => {
    const values = numbers(what)(text)
    if (values.length !== 3) throw new InvalidArgumentError(`${what} is three numbers with commas between.`)
    return values as [number, number, number]
  }
}

/** `500` steps, or `1epoch`, `2epochs`. */
export function span(what: string, minimum = 1): (text: string) => Span {
  return text => {
    const [, count, unit] = /^(\d+)(epochs?)?$/.exec(text) ?? []
    if (count === undefined)
      throw new InvalidArgumentError(`${what} is a number of steps, as 500, or of epochs, as 2epochs.`)
    const value = parseWhole(what, minimum)(count)
    return unit === undefined ? { steps: value } : { epochs: value }
  }
}

/** As `span` takes it. */
export function spanText(span: Span): string {
  return 'steps' in span ? `${span.steps}` : `${span.epochs}epoch${span.epochs === 1 ? '' : 's'}`
}

export function spans(what: string): (text: string) => Span[] {
  const parse = span(what)
  return text => text.split(',').map(parse)
}

/** A factor, as `0.1x`. */
export function factor(what: string): (text: string) => number {
  return text => {
    if (!text.endsWith('x')) throw new InvalidArgumentError(`${what} is a factor of the learning rate, as 0.1x.`)
    return parseNumber(what, 0)(text.slice(0, -1))
  }
}

/** `lfw=lfw.bin`, once for each set. */
export function verificationSets(text: string, before: readonly VerificationSet[] = []): VerificationSet[] {
  const [, name, file] = /^([\w.-]+)=(.+)$/.exec(text) ?? []
  if (name === undefined || file === undefined) throw new InvalidArgumentError('It is NAME=FILE, as lfw=lfw.bin.')
  return [...before, { name, file }]
}

/** For an option that may be given several times. */
export function collect(text: string, before: readonly string[] = []): string[] {
  return [...before, text]
}
