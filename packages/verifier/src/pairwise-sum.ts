/**
 * Sums, means and deviations in NumPy's order of addition, so that their last digits are NumPy's too.
 *
 * `np.sum` of contiguous values adds pairwise: fewer than 8 one after another; up to 128 in eight running sums; more by
 * halves (numpy/_core/src/umath/loops_utils.h.src, `pairwise_sum`).
 */
const BLOCK = 128

/** The sum of `length` values from `start`, as `np.sum` adds them. */
export function pairwiseSum(values: ArrayLike<number>, start = 0, length = values.length - start): number {
  if (length < 8) {
    let sum = 0
    for (let i = start; i < start + length; i++) sum += values[i]!
    return sum
  }
  if (length <= BLOCK) return eightfoldSum(values, start, length)
  const half = length / 2 - ((length / 2) % 8)
  return pairwiseSum(values, start, half) + pairwiseSum(values, start + half, length - half)
}

/** `np.mean` */
export function mean(values: ArrayLike<number>): number {
  return pairwiseSum(values) / values.length
}

/** `np.std`: the deviation of a population, not of a sample (divided by n, not n - 1). */
export function populationStd(values: ArrayLike<number>): number {
  const centre = mean(values)
  return Math.sqrt(mean(Array.from(values, value => (value - centre) ** 2)))
}

function eightfoldSum(values: ArrayLike<number>, start: number, length: number): number {
  const sums = Array.from({ length: 8 }, (_, lane) => values[start + lane]!)
  const whole = length - (length % 8)
  for (let i = 8; i < whole; i += 8) for (let lane = 0; lane < 8; lane++) sums[lane]! += values[start + i + lane]!
  const [a, b, c, d, e, f, g, h] = sums as [number, number, number, number, number, number, number, number]
  let sum = a + b + (c + d) + (e + f + (g + h))
  for (let i = whole; i < length; i++) sum += values[start + i]!
  return sum
}
