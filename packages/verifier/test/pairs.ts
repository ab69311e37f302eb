import { type MeasuredPair, type MeasuredPairs, PairColumns } from '../src/pairs/measured-pairs.js'

type PairDistance = Omit<MeasuredPair, 'index'>

export function columnsOf(pairs: Iterable<PairDistance & { index?: number }>): MeasuredPairs {
  const columns = new PairColumns()
  for (const pair of pairs) columns.add({ index: columns.length, ...pair })
  return columns.finish({ flip: false, meanNorm: 1 })
}

/** The pairs one by one. */
export function listOf({ length, distances, same, indices }: MeasuredPairs): MeasuredPair[] {
  return Array.from({ length }, (_, i) => ({ index: indices?.[i] ?? i, same: same[i] === 1, distance: distances[i]! }))
}

export function measuredPairs(count: number, pair: (index: number) => PairDistance): MeasuredPairs {
  return columnsOf(Array.from({ length: count }, (_, index) => pair(index)))
}

/** Pairs that overlap, some at the same distance, some exactly on a threshold; a pure function of the seed. */
export function scatteredPairs(count: number, seed: number): MeasuredPairs {
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
