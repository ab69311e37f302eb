import { pairwiseSum, roomForSum } from '../pairwise-sum.js'

/**
 * The squared Euclidean distance of two templates `[size]`: 0 to 4, and 2 - 2 cos of the angle between them. The
 * literature's "distance" of a face pair is this square, and so are all distances and thresholds here.
 */
export function squaredDistance(a: Float64Array, b: Float64Array): number {
  const squares = roomForSum(a.length)
  for (let i = 0; i < a.length; i++) {
    const difference = a[i]! - b[i]!
    squares[i] = difference * difference
  }
  return pairwiseSum(squares, 0, a.length)
}

/** The Euclidean distance of two vectors, added up number by number, as face-api does. */
export function euclideanDistance(a: Float64Array, b: Float64Array): number {
  let sum = 0
  for (let i = 0; i < a.length; i++) sum += (a[i]! - b[i]!) ** 2
  return Math.sqrt(sum)
}

/** The cosine similarity that a squared distance of two templates stands for, -1 to 1. */
export function cosineOf(distance: number): number {
  return 1 - distance / 2
}
