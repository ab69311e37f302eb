import { BLOCK } from '../pairwise-sum.js'

/**
 * The squared Euclidean distance of two templates `[size]`: 0 to 4, and 2 - 2 cos of the angle between them. The
 * literature's "distance" of a face pair is this square, and so are all distances and thresholds here.
 *
 * `np.sum(np.square(np.subtract(a, b)))` to the last digit: the additions of `pairwiseSum` in their order, each square as it is made, which
 * takes half the time of writing them down first.
 */
export function squaredDistance(a: Float64Array, b: Float64Array): number {
  return squares(a, b, 0, a.length)
}

function squares(x: Float64Array, y: Float64Array, start: number, length: number): number {
  if (length > BLOCK) {
    const half = length / 2 - ((length / 2) % 8)
    return squares(x, y, start, half) + squares(x, y, start + half, length - half)
  }
  const end = start + length
  const whole = length < 8 ? start : end - (length % 8)
  let [a, b, c, d, e, f, g, h] = [0, 0, 0, 0, 0, 0, 0, 0]
  for (let i = start; i < whole; i += 8) {
    a += square(x[i]! - y[i]!)
    b += square(x[i + 1]! - y[i + 1]!)
    c += square(x[i + 2]! - y[i + 2]!)
    d += square(x[i + 3]! - y[i + 3]!)
    e += square(x[i + 4]! - y[i + 4]!)
    f += square(x[i + 5]! - y[i + 5]!)
    g += square(x[i + 6]! - y[i + 6]!)
    h += square(x[i + 7]! - y[i + 7]!)
  }
  let sum = a + b + (c + d) + (e + f + (g + h))
  for (let i = whole; i < end; i++) sum += square(x[i]! - y[i]!)
  return sum
}

function square(value: number): number {
  return value * value
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
