import { type RandomNumbers, xoroshiro } from '@tiny-face/seeded-random'
import type { MeasuredPairs, SideValues } from '../pairs/measured-pairs.js'
import { poissonNumbers } from './poisson-numbers.js'
import { type SampleFigures, WeightedRates } from './weighted-rates.js'

/** The share of intervals that hold the true figure, if all goes as the bootstrap assumes. */
export const LEVEL = 0.95
/** Samples that are drawn, where pairs are not so many that it would take long. */
export const SAMPLES = 1000
export const FEWEST_SAMPLES = 100
/** Samples times pairs: a minute's work is less for many pairs by fewer samples. */
export const MOST_DRAWS = 1e9

export interface Interval {
  low: number
  high: number
}

/** How far the figures would spread if other people, or other pairs, had been drawn. */
export interface BootstrapIntervals {
  level: number
  samples: number
  seed: number
  /** What is drawn anew in each sample: people, with the pairs between them, where labels say who is who; else pairs. */
  unit: 'person' | 'pair'
  /** How many there are. */
  units: number
  /** Of the decisions that were made, their thresholds held. */
  accuracy: Interval
  eer: Interval
  /** For each wanted false accept rate, its threshold taken anew in each sample. */
  tars: Interval[]
}

/**
 * Intervals of the percentile bootstrap, with Poisson's numbers of mean 1 as weights (each person, or pair, is in a sample as often
 * as its number says, independently of the others).
 *
 * Pairs that share a person are not independent: where people are known, they are what is drawn. A pair of one person then counts as
 * often as the person was drawn, a pair of two as the product of both. That is right where everybody is paired with many others, and
 * where nobody is, up to 1.7 times too wide, never too narrow.
 *
 * @param right 1 where the pair was decided rightly, else 0
 * @param fars wanted false accept rates
 * @see Efron, "Bootstrap methods" (1979); Hanley and MacGibbon, "Creating non-parametric bootstrap samples using Poisson frequencies"
 *   (2006); Owen, "The pigeonhole bootstrap" (2007); Fogliato, Patil and Perona, "Confidence intervals for error rates in 1:1 matching
 *   tasks" (2023)
 */
export function bootstrapIntervals(
  pairs: MeasuredPairs,
  right: Uint8Array,
  fars: readonly number[],
  { seed, samples = samplesFor(pairs.length) }: { seed: number; samples?: number },
): BootstrapIntervals {
  const rates = new WeightedRates(pairs, right, fars)
  const random = xoroshiro(seed)
  const weights = new Uint8Array(pairs.length)
  // Pairs are alike, so that it does not matter which one a number is drawn for.
  const people = peopleOf(pairs)
  const draw = people === undefined ? poissonNumbers : drawPeople(pairs, people, rates.order)
  const figures: SampleFigures[] = []
  // A sample of one kind of pairs only says nothing; it is drawn again, for as long as that is the exception.
  for (let drawn = 0; figures.length < samples && drawn < 10 * samples; drawn++) {
    draw(weights, random)
    const sample = rates.of(weights)
    if (sample !== undefined) figures.push(sample)
  }
  const interval = (figure: (sample: SampleFigures) => number) => percentiles(Float64Array.from(figures, figure))
  return {
    level: LEVEL,
    samples: figures.length,
    seed,
    unit: people === undefined ? 'pair' : 'person',
    units: people?.names.length ?? pairs.length,
    accuracy: interval(sample => sample.accuracy),
    eer: interval(sample => sample.eer),
    tars: fars.map((_, i) => interval(sample => sample.tars[i]!)),
  }
}

export function samplesFor(pairs: number): number {
  return Math.max(FEWEST_SAMPLES, Math.min(SAMPLES, Math.floor(MOST_DRAWS / pairs)))
}

/** Who is on either side; undefined where labels are missing, or are no people: where they quarrel with what the pairs are said to be. */
function peopleOf({ length, same, people }: MeasuredPairs): SideValues | undefined {
  if (people === undefined) return undefined
  const { left, right } = people
  for (let i = 0; i < length; i++) if ((left[i] === right[i]) !== (same[i] === 1)) return undefined
  return people
}

type Draw = (weights: Uint8Array, random: RandomNumbers) => void

/** @param order in which the pairs' weights are wanted */
function drawPeople({ same }: MeasuredPairs, { names, left, right }: SideValues, order: Uint32Array): Draw {
  const drawn = new Uint8Array(names.length + 1)
  /** Whose number a pair of one person is multiplied with: nobody's. */
  const nobody = names.length
  const one = Uint32Array.from(order, pair => left[pair]!)
  const other = Uint32Array.from(order, pair => (same[pair] === 1 ? nobody : right[pair]!))
  return (weights, random) => {
    poissonNumbers(drawn, random)
    drawn[nobody] = 1
    for (let i = 0; i < weights.length; i++) weights[i] = drawn[one[i]!]! * drawn[other[i]!]!
  }
}

/** The middle `LEVEL` of some values: between two of them by linear interpolation, as `np.percentile` does. */
export function percentiles(values: Float64Array): Interval {
  values.sort()
  const at = (share: number) => {
    const place = share * (values.length - 1)
    const below = Math.floor(place)
    return values[below]! + (place - below) * ((values[below + 1] ?? values[below]!) - values[below]!)
  }
  return { low: at((1 - LEVEL) / 2), high: at((1 + LEVEL) / 2) }
}
