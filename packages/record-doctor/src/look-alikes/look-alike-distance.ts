/**
 * Where pictures of one dataset are compared. Aligned faces all have eyes, nose and mouth in the same places, so what they share
 * says nothing: each value of a fingerprint is taken as its difference from the dataset's mean, in the dataset's own spread.
 *
 *     hash       64 bits: the signs of the first 64 differences; pairs that may be alike are those at few bits' distance
 *     distance   1 - cosine of the 80 differences: 0 for the same structure, about 1 for two pictures taken at random
 *
 * A face and its mirror image are taken for equally likely, so the mean of a value that is odd across is 0, and a mirror image's
 * hash and distance follow from the picture's own.
 */
import { FINGERPRINT_SIZE } from './fingerprint.js'
import { type Hashes, hashesOf } from './hash64.js'
import { MIRROR_SIGNS } from './mirror-signs.js'

/** What a dataset is taken to be before any picture is seen: so many pictures of mean 0 and this spread (int8 levels). */
const PRIOR_PICTURES = 8
const PRIOR_SPREAD = 38

export interface LookAlikeSpace {
  /** Per value of a fingerprint, in int8 levels. */
  mean: Float64Array
  spread: Float64Array
}

/**
 * @param fingerprints int8 `[pictures, 80]`
 * @param rows the pictures that count
 */
export function lookAlikeSpace(fingerprints: Int8Array, rows: ArrayLike<number>): LookAlikeSpace {
  const sums = new Float64Array(FINGERPRINT_SIZE)
  const squares = new Float64Array(FINGERPRINT_SIZE)
  for (let i = 0; i < rows.length; i++) {
    for (let k = 0, at = rows[i]! * FINGERPRINT_SIZE; k < FINGERPRINT_SIZE; k++, at++) {
      const value = fingerprints[at]!
      sums[k]! += value
      squares[k]! += value * value
    }
  }
  const weight = rows.length + PRIOR_PICTURES
  const mean = sums.map((sum, k) => (MIRROR_SIGNS[k] === 1 ? sum / weight : 0))
  const spread = squares.map((square, k) =>
    Math.sqrt((square + PRIOR_PICTURES * PRIOR_SPREAD ** 2) / weight - mean[k]! ** 2),
  )
  return { mean, spread }
}

/** The hashes of some pictures, in the order of `rows`. */
export function hashPictures({ mean }: LookAlikeSpace, fingerprints: Int8Array, rows: ArrayLike<number>): Hashes {
  const hashes = hashesOf(rows.length)
  for (let i = 0; i < rows.length; i++) {
    const at = rows[i]! * FINGERPRINT_SIZE
    let [high, low] = [0, 0]
    for (let k = 0; k < 32; k++) {
      if (fingerprints[at + k]! > mean[k]!) low |= 1 << k
      if (fingerprints[at + 32 + k]! > mean[32 + k]!) high |= 1 << k
    }
    hashes.high[i] = high
    hashes.low[i] = low
  }
  return hashes
}

/**
 * How far picture b is from picture a, or from a seen in a mirror.
 *
 * @returns 0 to 2
 */
export function lookAlikeDistance(
  { mean, spread }: LookAlikeSpace,
  fingerprints: Int8Array,
  a: number,
  b: number,
  mirrored = false,
): number {
  let [product, lengthA, lengthB] = [0, 0, 0]
  for (let k = 0, atA = a * FINGERPRINT_SIZE, atB = b * FINGERPRINT_SIZE; k < FINGERPRINT_SIZE; k++, atA++, atB++) {
    const seen = mirrored ? MIRROR_SIGNS[k]! * fingerprints[atA]! : fingerprints[atA]!
    const x = (seen - mean[k]!) / spread[k]!
    const y = (fingerprints[atB]! - mean[k]!) / spread[k]!
    product += x * y
    lengthA += x * x
    lengthB += y * y
  }
  // rounded: what is equal is at 0, whatever the order of sums
  const distance = 1 - product / Math.sqrt(lengthA * lengthB)
  return Math.max(0, Math.round(distance * 1e6) / 1e6)
}
