import { DataError } from '@tiny-face/safe-files'
import { xoroshiro } from '@tiny-face/seeded-random'
import { type Interval, LEVEL, percentiles, samplesFor } from '../bootstrap/bootstrap-intervals.js'
import { poissonNumbers } from '../bootstrap/poisson-numbers.js'
import { type SampleFigures, WeightedRates } from '../bootstrap/weighted-rates.js'
import { rightDecisions } from '../folds/right-decisions.js'
import type { PairDistances } from '../pairs/measured-pairs.js'
import { checkPairs, FARS } from '../verify.js'
import { type DiscordantPairs, discordantPairs } from './mcnemar.js'

/** A result with its pairs. */
export interface ComparedResult {
  /** For messages. */
  name: string
  pairs: PairDistances
  /** The index that each pair has in its set. */
  indices: Float64Array
  /** Of the folds, in order. */
  thresholds: readonly number[]
}

/** A figure of both results, and how far the first is above the second. */
export interface Difference {
  first: number
  second: number
  /** Of first - second, by a bootstrap in which both have the same pairs each time. */
  interval: Interval
}

export interface Comparison extends DiscordantPairs {
  pairs: number
  samples: number
  level: number
  seed: number
  /** Of all decisions together, each at its fold's threshold. */
  accuracy: Difference
  eer: Difference
  /** For each of `FARS`, of all pairs. */
  tars: Difference[]
}

/**
 * Whether one of two results of the same pairs is better.
 *
 * @throws DataError where the pairs are not the same; as checkPairs
 */
export function compareResults(first: ComparedResult, second: ComparedResult, seed: number): Comparison {
  mustBeSamePairs(first, second)
  // Of pairs of one kind no sample would ever have both.
  checkPairs(first.pairs.same, first.name)
  const { length } = first.pairs
  const [right, otherRight] = [first, second].map(({ pairs, thresholds }) => rightDecisions(pairs, thresholds))
  const fars = FARS.map(Number)
  const [rates, otherRates] = [
    new WeightedRates(first.pairs, right!, fars),
    new WeightedRates(second.pairs, otherRight!, fars),
  ]
  const [whole, otherWhole] = [rates, otherRates].map(of => of.of(new Uint8Array(length).fill(1))!)
  const random = xoroshiro(seed)
  const weights = new Uint8Array(length)
  const samples: [SampleFigures, SampleFigures][] = []
  while (samples.length < samplesFor(length)) {
    poissonNumbers(weights, random)
    const [one, other] = [rates, otherRates].map(of => of.of(weights.map((_, i) => weights[of.order[i]!]!)))
    if (one !== undefined && other !== undefined) samples.push([one, other])
  }
  const difference = (figure: (figures: SampleFigures) => number): Difference => ({
    first: figure(whole!),
    second: figure(otherWhole!),
    interval: percentiles(Float64Array.from(samples, ([one, other]) => figure(one) - figure(other))),
  })
  return {
    pairs: length,
    samples: samples.length,
    level: LEVEL,
    seed,
    accuracy: difference(figures => figures.accuracy),
    eer: difference(figures => figures.eer),
    tars: FARS.map((_, i) => difference(figures => figures.tars[i]!)),
    ...discordantPairs(right!, otherRight!),
  }
}

function mustBeSamePairs(first: ComparedResult, second: ComparedResult): void {
  const differ = (expected: string, found: string) =>
    new DataError({ file: second.name, expected: `the pairs of ${first.name}: ${expected}`, found })
  const { length } = first.pairs
  if (second.pairs.length !== length) throw differ(`${length}`, `${second.pairs.length}`)
  const say = ({ pairs, indices }: ComparedResult, i: number) =>
    `pair ${indices[i]} of ${pairs.same[i] === 1 ? 'one person' : 'two people'}`
  for (let i = 0; i < length; i++) {
    if (first.indices[i] !== second.indices[i] || first.pairs.same[i] !== second.pairs.same[i])
      throw differ(`${say(first, i)} in place ${i}`, say(second, i))
  }
}
