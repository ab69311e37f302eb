import { betaQuantile, studentQuantile } from './beta-quantile.js'

/** How sure the intervals are, and the quantile of the normal distribution that cuts off half of the rest. */
export const CONFIDENCE = 0.95
const NORMAL_QUANTILE = 1.959963984540054

/** Pairs of two people that a threshold accepts, and all there are. */
export interface FalseAccepts {
  /** Pairs of faces that are accepted; the two people of each. */
  accepted: number
  left: ArrayLike<number>
  right: ArrayLike<number>
  /** How many faces each person has, by the numbers in `left` and `right`. */
  faces: ArrayLike<number>
}

/** What the pairs of a set are worth. */
export interface EffectivePairs {
  /** Independent pairs that would tell the rate as surely as these do. */
  pairs: number
  /** How many of those are false accepts. */
  accepted: number
}

/**
 * How many independent pairs would tell a false accept rate as surely as the pairs of these people do.
 *
 * Pairs that share a person rise and fall together: two images of one person are alike, and some people are taken for others
 * more often than most (Doddington et al., "Sheep, goats, lambs and wolves", 1998). The rate is a ratio over pairs of people,
 * and with e the false accepts of a pair of people less those expected, its variance is
 *
 *     (Σ over people of (Σ of e over the pairs with that person)² - Σ of e² over pairs) / pairs²
 *
 * (Fafchamps and Gubert, "The formation of risk sharing networks", 2007; Aronow, Samii and Assenova, "Cluster-robust variance
 * estimation for dyadic data", 2015): every pair with itself and with those that share a person with it. It is never taken for
 * less than pairs of people would have if no person mattered, nor than independent pairs of faces have.
 */
export function effectivePairs({ accepted, left, right, faces }: FalseAccepts): EffectivePairs {
  const people = faces.length
  const { total, squares, fourths } = powerSums(faces)
  const pairs = (total * total - squares) / 2
  const rate = accepted / pairs
  const perPair = new Map<number, number>()
  for (let i = 0; i < accepted; i++) {
    const pair = Math.min(left[i]!, right[i]!) * people + Math.max(left[i]!, right[i]!)
    perPair.set(pair, (perPair.get(pair) ?? 0) + 1)
  }
  // Of a pair without a false accept, e is -rate · faces · faces: their sums need no loop over all pairs.
  const perPerson = Float64Array.from(faces, count => -rate * count * (total - count))
  let ofPairs = (rate * rate * (squares * squares - fourths)) / 2
  for (const [pair, count] of perPair) {
    const a = Math.floor(pair / people)
    const b = pair % people
    perPerson[a]! += count
    perPerson[b]! += count
    ofPairs += count * count - 2 * rate * count * faces[a]! * faces[b]!
  }
  const ofPeople = perPerson.reduce((sum, error) => sum + error * error, 0)
  const independent = pairs * rate * (1 - rate)
  const variance = Math.max(ofPeople - ofPairs, ofPairs, independent) / (pairs * pairs)
  const effective = (rate * (1 - rate)) / variance
  return { pairs: effective, accepted: effective * rate }
}

/**
 * Between which rates the true false accept rate lies at the distance of one of the closest pairs.
 *
 * The rate at the distance of the k-th closest of n independent pairs is Beta(k, n + 1 - k) distributed, whatever the pairs'
 * distribution (Wilks, 1941): that of Clopper and Pearson's bounds. Of pairs that depend on each other, k and n are the
 * effective ones, fewer by (z / t)² for not being known but estimated from so many people (Korn and Graubard, "Confidence
 * intervals for proportions with small expected number of positive counts estimated from survey data", 1998).
 *
 * @param people how many people the pairs are of, at least 3
 */
export function rateInterval({ pairs, accepted }: EffectivePairs, people: number): [low: number, high: number] {
  const tail = (1 - CONFIDENCE) / 2
  const known = (NORMAL_QUANTILE / studentQuantile(tail, people - 1)) ** 2
  const [k, n] = [accepted * known, pairs * known]
  return [betaQuantile(tail, k, n + 1 - k), betaQuantile(1 - tail, k, n + 1 - k)]
}

function powerSums(values: ArrayLike<number>): { total: number; squares: number; fourths: number } {
  let [total, squares, fourths] = [0, 0, 0]
  for (let i = 0; i < values.length; i++) {
    total += values[i]!
    squares += values[i]! ** 2
    fourths += values[i]! ** 4
  }
  return { total, squares, fourths }
}
