import { note, type Run, timeRun } from './run.js'

export interface Paired {
  /** Medians. */
  seconds: [number, number]
  /** The median of the first's seconds by the second's, pair by pair: what slows the machine for a while slows both. */
  ratio: number
}

/** Times two runs in turns, A B A B …, after one of each that does not count. */
export function timePairs(a: Run, b: Run, rounds: number): Paired {
  timeRun(a)
  timeRun(b)
  const pairs: [number, number][] = []
  for (let round = 1; round <= rounds; round++) {
    const pair: [number, number] = [timeRun(a), timeRun(b)]
    note(`${round}/${rounds}  ${a.name} ${pair[0].toFixed(2)} s, ${b.name} ${pair[1].toFixed(2)} s`)
    pairs.push(pair)
  }
  return {
    seconds: [median(pairs.map(pair => pair[0])), median(pairs.map(pair => pair[1]))],
    ratio: median(pairs.map(pair => pair[0] / pair[1])),
  }
}

export function median(values: readonly number[]): number {
  const sorted = [...values].sort((a, b) => a - b)
  const middle = sorted.length >> 1
  return sorted.length % 2 === 1 ? sorted[middle]! : (sorted[middle - 1]! + sorted[middle]!) / 2
}
