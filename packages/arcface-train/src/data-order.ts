import { type RandomNumbers, shuffledOrder, xoroshiro } from '@tiny-face/seeded-random'

/** Tells the streams of random numbers of one (seed, epoch or step) apart. */
const ORDER = 0x0f0e
const DROPOUT = 0x2f2f

/** The order in which an epoch uses the records: a uniform permutation, a function of (seed, epoch, count) alone. */
export function epochOrder(seed: number, epoch: number, count: number): Uint32Array {
  return shuffledOrder(count, randomOf(seed, epoch, ORDER))
}

/** The number that decides what a step drops out, from 0 to 2^31 - 1: a function of (seed, step) alone. */
export function stepRandom(seed: number, step: number): number {
  return randomOf(seed, step, DROPOUT).whole(0, 2 ** 31 - 1)
}

function randomOf(seed: number, epochOrStep: number, purpose: number): RandomNumbers {
  // Multipliers of a Weyl sequence and of murmur3 keep neighbouring seeds, epochs and steps apart.
  const mixed = Math.imul(seed ^ purpose, 0x9e3779b1) ^ Math.imul(epochOrStep + 1, 0x85ebca6b)
  return xoroshiro(mixed)
}
