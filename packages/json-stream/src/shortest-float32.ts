import { digits } from './digits.js'

/** Digits that always tell one float32 from the next. */
const ENOUGH = 9

/**
 * The fewest decimal digits that read back as the same float32: `0.1`, where JavaScript, which sees a float64, prints
 * `0.10000000149011612`.
 *
 * @param value finite, and a float32: a value of a Float32Array
 */
export function shortestFloat32(value: number): string {
  if (Number.isInteger(value) && Math.abs(value) < 2 ** 24) return digits(value)
  let best = Number(value.toPrecision(ENOUGH))
  for (let precision = ENOUGH - 1; precision > 0; precision--) {
    const shorter = Number(value.toPrecision(precision))
    if (Math.fround(shorter) !== value) break
    best = shorter
  }
  return digits(best)
}
