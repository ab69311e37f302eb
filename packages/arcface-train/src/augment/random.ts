import { type RandomNumbers, randomFrom } from '@tiny-face/seeded-random'

/** Numbers between a least and a greatest, each equally likely. */
export type Range = readonly [least: number, greatest: number]

/** What decides how an image is changed, whichever batch it lies in. */
export interface Draw {
  readonly seed: number
  readonly epoch: number
  /** The record's index in the set. */
  readonly record: number
}

/** Random numbers for one purpose: a function of (seed, epoch, record, purpose) alone. */
export class Random {
  readonly #numbers: RandomNumbers

  constructor({ seed, epoch, record }: Draw, purpose: number) {
    this.#numbers = randomFrom([seed, epoch, record, purpose])
  }

  /** At least the first, below the second. */
  uniform([least, greatest]: Range): number {
    return least + this.#numbers.uniform() * (greatest - least)
  }

  /** Uniform in the logarithm: a ratio and its inverse are equally likely. */
  ratio([least, greatest]: Range): number {
    return Math.exp(this.uniform([Math.log(least), Math.log(greatest)]))
  }

  /** A whole number, both ends included. */
  whole([least, greatest]: Range): number {
    return this.#numbers.whole(least, greatest)
  }

  chance(probability: number): boolean {
    return this.#numbers.uniform() < probability
  }

  pick<T>(choices: readonly T[]): T {
    return choices[this.whole([0, choices.length - 1])]!
  }

  /** Fills with bytes from 0 to 255. */
  bytes(into: Uint8Array): void {
    for (let i = 0; i < into.length; i += 4) {
      const four = this.#numbers.word()
      for (let k = 0; k < 4 && i + k < into.length; k++) into[i + k] = four >>> (8 * k)
    }
  }
}
