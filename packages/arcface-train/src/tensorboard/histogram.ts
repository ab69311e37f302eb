/** How values are spread. */
export interface Histogram {
  readonly min: number
  readonly max: number
  readonly count: number
  readonly sum: number
  readonly sumOfSquares: number
  /** Upper end of each bucket, which is not in it; a bucket begins where the one before ends. */
  readonly limits: readonly number[]
  /** Values in each bucket. */
  readonly counts: readonly number[]
}

/** Limits of TensorFlow's default buckets: 0, ±1e-12, each 1.1 times the one before up to 1e20, and the largest double. */
const LIMITS = Float64Array.from(defaultLimits())

/**
 * The histogram of values in TensorFlow's default buckets, runs of empty ones joined. What is not finite is left out.
 *
 * @see tensorflow/core/lib/histogram/histogram.cc, `InitDefaultBucketsInner`, `Add` and `EncodeToProto`
 */
export function histogramOf(values: ArrayLike<number>): Histogram {
  const counts = new Float64Array(LIMITS.length)
  let [min, max, count, sum, sumOfSquares] = [Number.MAX_VALUE, -Number.MAX_VALUE, 0, 0, 0]
  for (let i = 0; i < values.length; i++) {
    const value = values[i]!
    if (!Number.isFinite(value)) continue
    counts[bucketOf(value)]!++
    if (value < min) min = value
    if (value > max) max = value
    count++
    sum += value
    sumOfSquares += value * value
  }
  return { min, max, count, sum, sumOfSquares, ...joined(counts) }
}

/** The first bucket whose limit is more than the value. */
function bucketOf(value: number): number {
  let [low, high] = [0, LIMITS.length - 1]
  while (low < high) {
    const middle = (low + high) >> 1
    if (LIMITS[middle]! > value) high = middle
    else low = middle + 1
  }
  return low
}

function joined(counts: Float64Array): Pick<Histogram, 'limits' | 'counts'> {
  const buckets: { limit: number; count: number }[] = []
  for (const [i, count] of counts.entries()) {
    const limit = LIMITS[i]!
    if (count === 0 && buckets.at(-1)?.count === 0) buckets.at(-1)!.limit = limit
    else buckets.push({ limit, count })
  }
  return { limits: buckets.map(({ limit }) => limit), counts: buckets.map(({ count }) => count) }
}

function defaultLimits(): number[] {
  const positive: number[] = []
  for (let limit = 1e-12; limit < 1e20; limit *= 1.1) positive.push(limit)
  positive.push(Number.MAX_VALUE)
  return [...positive.map(limit => -limit).reverse(), 0, ...positive]
}
