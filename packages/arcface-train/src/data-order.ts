import { uniformInt } from 'pure-rand/distribution/uniformInt'
import { xoroshiro128plus } from 'pure-rand/generator/xoroshiro128plus'

/** Tells the streams of random numbers of one (seed, epoch or step) apart. */
const ORDER = 0x0f0e
const DROPOUT = 0x2f2f

/** The order in which an epoch uses the records: a uniform permutation, a function of (seed, epoch, count) alone. */
export function epochOrder(seed: number, epoch: number, count: number): Uint32Array {
  const order = Uint32Array.from({ length: count }, (_, i) => i)
  const random = generator(seed, epoch, ORDER)
  // Fisher and Yates, Durstenfeld's form.
  for (let i = count - 1; i > 0; i--) {
    const j = uniformInt(random, 0, i)
    const kept = order[i]!
    order[i] = order[j]!
    order[j] = kept
  }
  return order
}

/** The number that decides what a step drops out, from 0 to 2^31 - 1: a function of (seed, step) alone. */
export function stepRandom(seed: number, step: number): number {
  return uniformInt(generator(seed, step, DROPOUT), 0, 2 ** 31 - 1)
}

function generator(seed: number, epochOrStep: number, purpose: number) {
  // Multipliers of a Weyl sequence and of murmur3 keep neighbouring seeds, epochs and steps apart.
  const mixed = Math.imul(seed ^ purpose, 0x9e3779b1) ^ Math.imul(epochOrStep + 1, 0x85ebca6b)
  return xoroshiro128plus(mixed)
}
