import { mersenneTwister } from '@tiny-face/seeded-random'

/** Draws what a face needs; every draw depends on the seeds alone. */
export interface Random {
  between(low: number, high: number): number
  /** About `mean`, by a normal distribution cut off at two standard deviations. */
  near(mean: number, deviation: number): number
  chance(probability: number): boolean
  whole(low: number, high: number): number
}

/** @param seeds any number of them: the same numbers in the same order are the same draws */
export function randomFrom(...seeds: number[]): Random {
  const { uniform, whole } = mersenneTwister(seeds.reduce(mixed, 0x9e3779b9))
  return {
    between: (low, high) => low + uniform() * (high - low),
    near(mean, deviation) {
      for (;;) {
        const value = Math.sqrt(-2 * Math.log(1 - uniform())) * Math.cos(2 * Math.PI * uniform())
        if (Math.abs(value) <= 2) return mean + value * deviation
      }
    },
    chance: probability => uniform() < probability,
    whole,
  }
}

/** Mixes a number into a hash (MurmurHash3's finaliser), so that neighbouring seeds have nothing in common. */
function mixed(hash: number, value: number): number {
  let h = Math.imul(hash ^ value, 0x85ebca6b)
  h = Math.imul(h ^ (h >>> 13), 0xc2b2ae35)
  return (h ^ (h >>> 16)) >>> 0
}
