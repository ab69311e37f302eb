import type { MeasuredPair } from '../src/pairs/measure-pairs.js'
import type { PairDistance } from '../src/roc/accept-counts.js'

export function measuredPairs(count: number, pair: (index: number) => PairDistance): MeasuredPair[] {
  return Array.from({ length: count }, (_, index) => ({ index, ...pair(index), norms: [1, 1] }))
}

/** Pairs that overlap, some at the same distance, some exactly on a threshold; a pure function of the seed. */
export function scatteredPairs(count: number, seed: number): MeasuredPair[] {
  let state = seed
  const random = () => {
    state = (Math.imul(state, 1664525) + 1013904223) >>> 0
    return state / 2 ** 32
  }
  return measuredPairs(count, index => {
    const same = index === 0 || (index !== 1 && random() < 0.5)
    const distance = (same ? 0.2 : 0.9) + random() * 2
    return { same, distance: random() < 0.5 ? Math.round(distance * 100) * 0.01 : distance }
  })
}
