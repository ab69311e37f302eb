import { pairwiseSum, roomForSum } from '../pairwise-sum.js'

/**
 * What stands for a face when it is compared: its embedding, plus that of its mirror image where there is one, scaled to
 * length 1 in double precision (`sklearn.preprocessing.normalize`). All zeros stay zeros.
 *
 * @param embedding raw network output, `[size]`
 * @param flipped the same for the mirror image, `[size]`
 * @see insightface, src/eval/verification.py, `test`
 */
export function faceTemplate(embedding: ArrayLike<number>, flipped?: ArrayLike<number>): Float64Array {
  const template = new Float64Array(embedding)
  if (flipped !== undefined) for (let i = 0; i < template.length; i++) template[i]! += flipped[i]!
  const length = euclideanNorm(template)
  if (length > 0) for (let i = 0; i < template.length; i++) template[i]! /= length
  return template
}

/** The length of a vector, in double precision. */
export function euclideanNorm(vector: ArrayLike<number>): number {
  const squares = roomForSum(vector.length)
  for (let i = 0; i < vector.length; i++) squares[i] = vector[i]! * vector[i]!
  return Math.sqrt(pairwiseSum(squares, 0, vector.length))
}
