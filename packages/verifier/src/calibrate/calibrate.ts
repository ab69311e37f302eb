import type { EmbeddingModel } from '@tiny-face/record-stream'
import { DataError } from '@tiny-face/safe-files'
import type { LabelledFaces } from '../faces/labelled-faces.js'
import { cosineOf } from '../pairs/squared-distance.js'
import { closestImpostors, type ImpostorPairs, MAX_FACES } from './closest-impostors.js'
import { CONFIDENCE, type EffectivePairs, effectivePairs, rateInterval } from './false-accept-interval.js'

/** A threshold for a false accept rate, and what it rests on. */
export interface Calibration {
  /** The false accept rate that was asked for. */
  far: number
  /** Faces are taken for one person where the squared distance of their templates is strictly below it, 0 to 4. */
  threshold: number
  /** The cosine similarity that it stands for. */
  cosine: number
  confidence: typeof CONFIDENCE
  /** Between which rates the true false accept rate at the threshold lies. */
  farInterval: [low: number, high: number]
  /** Between which thresholds the one lies whose true false accept rate is the wanted one. */
  thresholdInterval: [low: number, high: number]
  /** The smallest false accept rate that so many people can support, with as many images each. */
  smallestFar: number
  /** Pairs of faces of two people, and how many of them the threshold accepts. */
  impostorPairs: number
  falseAccepts: number
  /** As many independent pairs would tell the rate as surely. */
  effectivePairs: number
  people: number
  /** Faces that were compared, and those that were read. */
  faces: number
  facesSeen: number
  embeddingSize: number
  /** Whether embeddings of mirror images were added. */
  flip: boolean
  /** The network that made the embeddings, where the stream says so. */
  model?: EmbeddingModel | undefined
}

/** The largest rate that a threshold is taken for: beyond it, one stranger in ten is let in. */
export const MAX_FAR = 0.1

/** The most of the closest pairs that are asked for: some 32 bytes each while they are searched. */
export const MAX_KEPT_PAIRS = 1 << 22

/** How many times as many pairs are kept as the rate asks for, and how many more: the interval of the threshold lies in them. */
const KEPT = 5
const KEPT_MORE = 1000

/**
 * As many false accepts as must be expected of independent pairs: the rule of three, by which none in n is a rate below 3 / n
 * with 95% confidence (ISO/IEC 19795-1, annex B).
 */
const RULE = 3

/** The most faces whose pairs are compared for a rate; of more, so many are drawn. */
export function facesFor(far: number): number {
  return Math.min(MAX_FACES, Math.floor(Math.sqrt((2 * MAX_KEPT_PAIRS) / (KEPT * far))))
}

/**
 * The smallest false accept rate that so many people can support.
 *
 * Images of the same two people say much the same, so as many comparisons are sure to be independent as there are pairs of people;
 * fewer, by Kish's effective size, where some people have many more images than others (`evenFaces` leaves such out).
 *
 * @param faces how many faces each person has
 */
export function smallestFar(faces: readonly number[]): number {
  return RULE / pairsOf(faces).ofPeople
}

/** Pairs of faces of two people, and as how many pairs of people they count. */
function pairsOf(faces: readonly number[]): { ofFaces: number; ofPeople: number } {
  const sum = (power: number) => faces.reduce((total, count) => total + count ** power, 0)
  const ofFaces = (sum(1) ** 2 - sum(2)) / 2
  return { ofFaces, ofPeople: ofFaces ** 2 / ((sum(2) ** 2 - sum(4)) / 2) }
}

/**
 * The threshold at which as large a share of the pairs of two people is accepted as is asked for, with its uncertainty.
 *
 * Of n pairs the threshold is the distance of the k-th closest, k = ⌊far · (n + 1)⌋: k - 1 are accepted, and the true rate is
 * expected to be k / (n + 1).
 *
 * @param far false accept rate, over 0, at most MAX_FAR
 * @param onBlock called after each block of similarities (`blockCount` says how many)
 * @throws DataError where the faces are of one person, of too few to support the rate, or all alike
 */
export async function calibrate(faces: LabelledFaces, far: number, onBlock?: () => void): Promise<Calibration> {
  if (!(far > 0 && far <= MAX_FAR))
    throw new RangeError(`a false accept rate over 0 and at most ${MAX_FAR}, not ${far}`)
  const { persons, counts } = countPeople(faces.people)
  checkPeople(counts, far)
  const pairs = pairsOf(counts).ofFaces
  const rank = Math.floor(far * (pairs + 1))
  const closest = await closestImpostors(faces, Math.min(pairs, KEPT * rank + KEPT_MORE), onBlock)
  const threshold = closest.distances[rank - 1]!
  if (threshold === 0) {
    throw new DataError({
      message: `${rank} pairs of two people have the very same embedding: no threshold can part them`,
    })
  }
  const at = effectivePairs({
    accepted: rank,
    left: closest.left.subarray(0, rank).map(face => persons[face]!),
    right: closest.right.subarray(0, rank).map(face => persons[face]!),
    faces: counts,
  })
  return {
    far,
    threshold,
    cosine: cosineOf(threshold),
    confidence: CONFIDENCE,
    farInterval: rateInterval(at, counts.length),
    thresholdInterval: thresholdInterval(closest, at, { far, rank, people: counts.length }),
    smallestFar: smallestFar(counts.map(() => 1)),
    impostorPairs: pairs,
    falseAccepts: closest.distances.findIndex(distance => distance >= threshold),
    effectivePairs: at.pairs,
    people: counts.length,
    faces: faces.length,
    facesSeen: faces.seen,
    embeddingSize: faces.size,
    flip: faces.flip,
  }
}

/** Numbers people from 0 in the order in which they come, and counts the faces of each. */
function countPeople(people: Float64Array): { persons: Uint32Array; counts: number[] } {
  const numbers = new Map<number, number>()
  const counts: number[] = []
  const persons = Uint32Array.from(people, person => {
    const number = numbers.get(person) ?? numbers.size
    numbers.set(person, number)
    counts[number] = (counts[number] ?? 0) + 1
    return number
  })
  return { persons, counts }
}

function checkPeople(faces: readonly number[], far: number): void {
  if (faces.length === 1) throw new DataError({ expected: 'faces of several people', found: 'of one only' })
  const smallest = smallestFar(faces)
  if (far >= smallest) return
  const needed = Math.ceil(RULE / far)
  const people = Math.ceil((1 + Math.sqrt(1 + 8 * needed)) / 2)
  const { ofPeople } = pairsOf(faces)
  const supported =
    smallest > MAX_FAR ? `none up to ${MAX_FAR}` : `none below ${Number(smallest.toPrecision(2)).toExponential()}`
  throw new DataError({
    expected: `at least ${needed} pairs of people (${people} people) for a false accept rate of ${far}`,
    found: `${faces.length} people who are worth ${Math.round(ofPeople)} pairs and support ${supported}`,
  })
}

/**
 * The thresholds at which the wanted rate lies within the interval of the rate (Woodruff, "Confidence intervals for medians and
 * other position measures", 1952), each pair being worth as much as at the threshold itself.
 */
function thresholdInterval(
  { distances, length }: ImpostorPairs,
  { pairs, accepted }: EffectivePairs,
  { far, rank, people }: { far: number; rank: number; people: number },
): [low: number, high: number] {
  const interval = (k: number) => rateInterval({ pairs, accepted: (accepted * k) / rank }, people)
  // The lowest rank whose interval reaches up to the rate, and the first whose interval begins beyond it.
  const low = firstRank(rank, k => interval(k)[1] >= far)
  const high = firstRank(length, k => interval(k)[0] > far)
  return [distances[low - 1]!, distances[Math.min(high, length) - 1]!]
}

/** The first rank from 1 on for which something holds that holds for all after it; `last` where it holds for none before. */
function firstRank(last: number, holds: (rank: number) => boolean): number {
  let low = 1
  let high = last
  while (low < high) {
    const middle = (low + high) >>> 1
    if (holds(middle)) high = middle
    else low = middle + 1
  }
  return low
}
