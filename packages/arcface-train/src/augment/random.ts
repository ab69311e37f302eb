import { uniformFloat64 } from 'pure-rand/distribution/uniformFloat64'
import { uniformInt } from 'pure-rand/distribution/uniformInt'
import { xoroshiro128plusFromState } from 'pure-rand/generator/xoroshiro128plus'

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
  readonly #generator: ReturnType<typeof xoroshiro128plusFromState>

  constructor({ seed, epoch, record }: Draw, purpose: number) {
    this.#generator = xoroshiro128plusFromState(scrambled([seed, epoch, record, purpose]))
  }

  /** At least the first, below the second. */
  uniform([least, greatest]: Range): number {
    return least + uniformFloat64(this.#generator) * (greatest - least)
  }

  /** Uniform in the logarithm: a ratio and its inverse are equally likely. */
  ratio([least, greatest]: Range): number {
    return Math.exp(this.uniform([Math.log(least), Math.log(greatest)]))
  }

  /** A whole number, both ends included. */
  whole([least, greatest]: Range): number {
    return uniformInt(this.#generator, least, greatest)
  }

  chance(probability: number): boolean {
    return uniformFloat64(this.#generator) < probability
  }

  pick<T>(choices: readonly T[]): T {
    return choices[this.whole([0, choices.length - 1])]!
  }

  /** Fills with bytes from 0 to 255. */
  bytes(into: Uint8Array): void {
    for (let i = 0; i < into.length; i += 4) {
      const four = this.#generator.next()
      for (let k = 0; k < 4 && i + k < into.length; k++) into[i + k] = four >>> (8 * k)
    }
  }
}

/** Each word mixed with those before it, so that each of their bits decides about each of its own. */
function scrambled(words: readonly number[]): number[] {
  let hash = 0
  return words.map(word => {
    hash = finalised((hash ^ word) + 0x9e3779b9)
    return hash
  })
}

/** The finaliser of MurmurHash3 (Appleby, 32 bits). */
function finalised(hash: number): number {
  const a = Math.imul(hash ^ (hash >>> 16), 0x85ebca6b)
  const b = Math.imul(a ^ (a >>> 13), 0xc2b2ae35)
  return b ^ (b >>> 16)
}
