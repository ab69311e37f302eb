import { FOLDS } from '@tiny-face/record-stream'
import { DataError } from '@tiny-face/safe-files'
import { mersenneTwister, type RandomNumbers, shuffledOrder } from '@tiny-face/seeded-random'
import { DEFAULT_PAIRS } from './pair-count.js'

/** Different pairs are drawn again where they were drawn before; after as many times on end there are none left to find. */
export const MAX_REDRAWS = 1_000_000

export interface PairOptions {
  /** 0 … 2^32 - 1. */
  seed: number
  /** Pairs of one identity, and of two: multiples of 10. Each defaults to the other; both to what there is, at most 3000. */
  same?: number | undefined
  different?: number | undefined
}

/** Two images, as indices into the labels. */
export interface DrawnPair {
  left: number
  right: number
  same: boolean
}

/**
 * Draws verification pairs; no pair is drawn twice.
 *
 * - Same: identities give as equal a number of pairs as they can (those with few images give all they have; what does not
 *   divide goes to identities drawn at random). Which pairs an identity gives is drawn uniformly without replacement.
 * - Different: two identities drawn uniformly, then an image of each; drawn again where that pair was there already.
 * - Both kinds are shuffled, then dealt out: fold f of 10 is the f-th tenth of the same pairs, then the f-th tenth of the
 *   different ones. So ten folds cut from the list in order, as insightface cuts them, hold equally many of each kind.
 *
 * A pure function of labels and options: identities are taken by ascending label, images in the order of the labels.
 *
 * @param labels the identity of each image
 * @throws DataError where there are not as many pairs as asked for, or not 10 of each kind
 */
export function drawPairs(labels: readonly number[], { seed, same, different }: PairOptions): DrawnPair[] {
  const identities = imagesByIdentity(labels)
  const sames = identities.reduce((sum, { length }) => sum + pairsOf(length), 0)
  const differents = pairsOf(labels.length) - sames
  const most = Math.min(DEFAULT_PAIRS, sames, differents)
  const fallback = most - (most % FOLDS)
  const sameCount = same ?? different ?? fallback
  const differentCount = different ?? same ?? fallback
  const found = `${sames} and ${differents} in ${labels.length} images of ${identities.length} identities`
  if (sameCount > sames || differentCount > differents) {
    throw new DataError({ expected: `${sameCount} same and ${differentCount} different pairs`, found })
  }
  if (sameCount + differentCount === 0) {
    throw new DataError({
      expected: `at least ${FOLDS} same and ${FOLDS} different pairs, one of each per fold`,
      found,
    })
  }
  const random = mersenneTwister(seed)
  return dealIntoFolds(
    shuffled(drawSame(identities, sameCount, random), random),
    shuffled(drawDifferent(identities, labels.length, differentCount, random), random),
  )
}

function imagesByIdentity(labels: readonly number[]): number[][] {
  const images = new Map<number, number[]>()
  labels.forEach((label, index) => {
    const own = images.get(label)
    if (own === undefined) images.set(label, [index])
    else own.push(index)
  })
  return [...images].sort(([a], [b]) => a - b).map(([, own]) => own)
}

function drawSame(identities: number[][], count: number, random: RandomNumbers): DrawnPair[] {
  const shares = shareOut(
    count,
    identities.map(images => pairsOf(images.length)),
    random,
  )
  return identities.flatMap((images, identity) =>
    drawDistinct(shares[identity]!, pairsOf(images.length), random).map(place => {
      const [left, right] = pairAt(place)
      return { left: images[left]!, right: images[right]!, same: true }
    }),
  )
}

function drawDifferent(identities: number[][], images: number, count: number, random: RandomNumbers): DrawnPair[] {
  const pairs = new Map<number, DrawnPair>()
  let redraws = 0
  while (pairs.size < count) {
    const one = random.whole(0, identities.length - 1)
    const skip = random.whole(0, identities.length - 2)
    const left = anyOf(identities[one]!, random)
    const right = anyOf(identities[skip < one ? skip : skip + 1]!, random)
    const key = Math.min(left, right) * images + Math.max(left, right)
    if (!pairs.has(key)) {
      pairs.set(key, { left, right, same: false })
      redraws = 0
    } else if (++redraws === MAX_REDRAWS) {
      throw new DataError({
        expected: `${count} different pairs`,
        found: `no more than ${pairs.size} in ${MAX_REDRAWS} more draws; ask for fewer`,
      })
    }
  }
  return [...pairs.values()]
}

function dealIntoFolds(same: DrawnPair[], different: DrawnPair[]): DrawnPair[] {
  const tenth = (pairs: DrawnPair[], fold: number) =>
    pairs.slice((fold * pairs.length) / FOLDS, ((fold + 1) * pairs.length) / FOLDS)
  return Array.from({ length: FOLDS }, (_, fold) => [...tenth(same, fold), ...tenth(different, fold)]).flat()
}

/** Splits `total` over shares as equal as the capacities allow; the rest goes, one each, to random ones with room. */
function shareOut(total: number, capacities: number[], random: RandomNumbers): number[] {
  const taken = (level: number) => capacities.reduce((sum, capacity) => sum + Math.min(capacity, level), 0)
  let level = 0
  let above = Math.max(0, ...capacities) + 1
  while (above - level > 1) {
    const middle = Math.floor((level + above) / 2)
    if (taken(middle) <= total) level = middle
    else above = middle
  }
  const shares = capacities.map(capacity => Math.min(capacity, level))
  const roomy = shuffled(
    capacities.flatMap((capacity, index) => (capacity > level ? [index] : [])),
    random,
  )
  for (const index of roomy.slice(0, total - taken(level))) shares[index]!++
  return shares
}

/** `count` distinct numbers below `below`, every set equally likely (R. Floyd, CACM 30(9), 1987). */
function drawDistinct(count: number, below: number, random: RandomNumbers): number[] {
  const drawn = new Set<number>()
  for (let next = below - count; next < below; next++) {
    const number = random.whole(0, next)
    drawn.add(drawn.has(number) ? next : number)
  }
  return [...drawn]
}

/** The place-th of the pairs (0, 1), (0, 2), (1, 2), (0, 3), … */
function pairAt(place: number): [left: number, right: number] {
  let right = Math.floor((1 + Math.sqrt(1 + 8 * place)) / 2)
  if (pairsOf(right) > place) right--
  else if (pairsOf(right + 1) <= place) right++
  return [place - pairsOf(right), right]
}

function pairsOf(images: number): number {
  return (images * (images - 1)) / 2
}

function anyOf(items: number[], random: RandomNumbers): number {
  return items[random.whole(0, items.length - 1)]!
}

function shuffled<T>(items: readonly T[], random: RandomNumbers): T[] {
  return Array.from(shuffledOrder(items.length, random), place => items[place]!)
}
