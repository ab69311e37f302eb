/**
 * Sums, means and deviations in NumPy's order of addition, so that their last digits are NumPy's too.
 *
 * `np.sum` of contiguous values adds pairwise: fewer than 8 one after another; up to 128 in eight running sums; more by
 * halves (numpy/_core/src/umath/loops_utils.h.src, `pairwise_sum`).
 */

/** Up to so many values are added in running sums, more by halves. */
export const BLOCK = 128

/** The sum of `length` values from `start`, as `np.sum` adds them. */
export function pairwiseSum(values: Float64Array, start = 0, length = values.length - start): number {
  if (length < 8) {
    let sum = 0
    for (let i = start; i < start + length; i++) sum += values[i]!
    return sum
  }
  if (length <= BLOCK) return eightfoldSum(values, start, length)
  const half = length / 2 - ((length / 2) % 8)
  return pairwiseSum(values, start, half) + pairwiseSum(values, start + half, length - half)
}

let room = new Float64Array(512)

/** Room for so many numbers that are to be summed; the next call hands out the same. */
export function roomForSum(length: number): Float64Array {
  if (room.length < length) room = new Float64Array(length)
  return room
}

/** `np.mean` */
export function mean(values: ArrayLike<number>): number {
  return pairwiseSum(Float64Array.from(values)) / values.length
}

/** `np.std`: the deviation of a population, not of a sample (divided by n, not n - 1). */
export function populationStd(values: ArrayLike<number>): number {
  const centre = mean(values)
  return Math.sqrt(mean(Float64Array.from(values, value => (value - centre) ** 2)))
}

function eightfoldSum(values: Float64Array, start: number, length: number): number {
  let a = values[start]!
  let b = values[start + 1]!
  let c = values[start + 2]!
  let d = values[start + 3]!
  let e = values[start + 4]!
  let f = values[start + 5]!
  let g = values[start + 6]!
  let h = values[start + 7]!
  const end = start + length
  const whole = end - (length % 8)
  for (let i = start + 8; i < whole; i += 8) {
    a += values[i]!
    b += values[i + 1]!
    c += values[i + 2]!
    d += values[i + 3]!
    e += values[i + 4]!
    f += values[i + 5]!
    g += values[i + 6]!
    h += values[i + 7]!
  }
  let sum = a + b + (c + d) + (e + f + (g + h))
  for (let i = whole; i < end; i++) sum += values[i]!
  return sum
}
