import { InvalidArgumentError } from './invalid-argument.js'

/** Seeds are those of MT19937: 32 bits. */
export const MAX_SEED = 0xffffffff

/** For commander: reads a seed, a whole number from 0 to `MAX_SEED`. */
export function parseSeed(text: string): number {
  const seed = Number(text)
  if (!/^\d+$/.test(text) || seed > MAX_SEED)
    throw new InvalidArgumentError(`A seed is a whole number from 0 to ${MAX_SEED}.`)
  return seed
}
