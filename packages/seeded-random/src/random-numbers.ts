/**
 * Random numbers that are a function of their seeds alone, on any machine: what makes a shuffle, a draw of pairs or a training run
 * the same when it is done again.
 */
import { uniformFloat64 } from 'pure-rand/distribution/uniformFloat64'
import { uniformInt } from 'pure-rand/distribution/uniformInt'
import { mersenne } from 'pure-rand/generator/mersenne'
import { xoroshiro128plus, xoroshiro128plusFromState } from 'pure-rand/generator/xoroshiro128plus'
import type { RandomGenerator } from 'pure-rand/types/RandomGenerator'

export interface RandomNumbers {
  /** 0 <= x < 1, with 53 bits: the low 26 bits of one word above the low 27 of the next. */
  uniform(): number
  /** A whole number from `least` to `greatest`, both included, each equally likely. */
  whole(least: number, greatest: number): number
  /** 32 bits, as a number of -2^31 … 2^31 - 1. */
  word(): number
}

/**
 * MT19937 (Matsumoto and Nishimura, 1998), seeded by its own `init_genrand`: what is written down where an order must be
 * the same in another program, too.
 *
 * @param seed 0 … 2^32 - 1
 */
export function mersenneTwister(seed: number): RandomNumbers {
  return numbersOf(mersenne(seed))
}

/** xoroshiro128+ (Blackman and Vigna): faster to begin than MT19937. The seed's low 32 bits decide. */
export function xoroshiro(seed: number): RandomNumbers {
  return numbersOf(xoroshiro128plus(seed))
}

/**
 * Numbers for one purpose among many: xoroshiro128+, whose state is these four words, each mixed with
 * those before it, so that neighbouring seeds, epochs and records have nothing in common. Cheap to begin anew for each record.
 */
export function randomFrom(words: readonly [number, number, number, number]): RandomNumbers {
  let hash = 0
  const state = words.map(word => {
    hash = finalised((hash ^ word) + 0x9e3779b9)
    return hash
  })
  return numbersOf(xoroshiro128plusFromState(state))
}

function numbersOf(generator: RandomGenerator): RandomNumbers {
  return {
    uniform: () => uniformFloat64(generator),
    whole: (least, greatest) => uniformInt(generator, least, greatest),
    word: () => generator.next(),
  }
}

/** The finaliser of MurmurHash3 (Appleby, 32 bits): each bit of the word decides about each of the result. */
function finalised(word: number): number {
  const a = Math.imul(word ^ (word >>> 16), 0x85ebca6b)
  const b = Math.imul(a ^ (a >>> 13), 0xc2b2ae35)
  return b ^ (b >>> 16)
}
