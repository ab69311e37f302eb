import { DataError } from '@tiny-face/safe-files'
import type { Point } from '../detect/face-detector.js'

/** Scaling, rotation and translation of the plane: `x' = a x - b y + x0`, `y' = b x + a y + y0`. */
export interface Similarity {
  readonly a: number
  readonly b: number
  readonly x0: number
  readonly y0: number
}

/**
 * The similarity that brings points closest to others, by the sum of squared distances (Umeyama, "Least-Squares Estimation of
 * Transformation Parameters Between Two Point Patterns", 1991, equations 40 to 42), as skimage's SimilarityTransform.estimate gives it. In the
 * plane it has a closed form: with both sets about their means, `a = Σ (x x' + y y') / Σ (x² + y²)` and
 * `b = Σ (x y' - y x') / Σ (x² + y²)`. It mirrors nothing.
 *
 * @throws DataError for points that are all in one place, or not numbers
 */
export function estimateSimilarity(from: readonly Point[], to: readonly Point[]): Similarity {
  const [[fromX, fromY], target] = [mean(from), mean(to)]
  // insightface's template and its mean are float32: rounded as they are, its matrix is ours, and so are its pixels.
  const [toX, toY] = [Math.fround(target[0]), Math.fround(target[1])]
  let [along, across, spread] = [0, 0, 0]
  for (const [i, point] of from.entries()) {
    const [x, y] = [point[0] - fromX, point[1] - fromY]
    const [u, v] = [to[i]![0] - toX, to[i]![1] - toY]
    along += x * u + y * v
    across += x * v - y * u
    spread += x * x + y * y
  }
  const [a, b] = [along / spread, across / spread]
  if (!(Math.hypot(a, b) > 0 && Number.isFinite(a + b))) {
    throw new DataError({ expected: 'points of a face', found: `${from.map(([x, y]) => `${x},${y}`).join(' ')}` })
  }
  return { a, b, x0: toX - a * fromX + b * fromY, y0: toY - b * fromX - a * fromY }
}

/** How many pixels of the aligned face a pixel of the picture becomes, along a side. */
export function scaleOf({ a, b }: Similarity): number {
  return Math.hypot(a, b)
}

function mean(points: readonly Point[]): Point {
  const sum = (axis: 0 | 1) => points.reduce((sum, point) => sum + point[axis], 0)
  return [sum(0) / points.length, sum(1) / points.length]
}
