import { InvalidArgumentError } from './invalid-argument.js'

/** For commander: reads a whole number of at least `minimum`. */
export function parseWhole(what: string, minimum = 0): (text: string) => number {
  return text => {
    const value = Number(text)
    if (!/^\d+$/.test(text) || !Number.isSafeInteger(value) || value < minimum) {
      throw new InvalidArgumentError(`${what} is a whole number of at least ${minimum}.`)
    }
    return value
  }
}

/** For commander: reads a finite number between two bounds, both included. */
export function parseNumber(what: string, minimum: number, maximum = Number.MAX_VALUE): (text: string) => number {
  return text => {
    const value = Number(text)
    if (text.trim() === '' || !(value >= minimum && value <= maximum)) {
      const bounds = maximum === Number.MAX_VALUE ? `of at least ${minimum}` : `from ${minimum} to ${maximum}`
      throw new InvalidArgumentError(`${what} is a number ${bounds}.`)
    }
    return value
  }
}
