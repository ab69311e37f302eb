const DIGITS = 1 << 16
/** Digits of 16 bits in a double. */
const PER_VALUE = 4

/**
 * The order that sorts values, as their places: `order[0]` is where the smallest lies. Equal values keep their order.
 *
 * A radix sort, one digit of 16 bits after another: the bits of doubles of at least 0, read as a whole number, order as the
 * doubles do. Ten million take about a second and 40 MB beside the order.
 *
 * @param values finite, at least 0, and no -0
 */
export function sortedOrder(values: Float64Array): Uint32Array {
  const digits = new Uint16Array(values.buffer, values.byteOffset, PER_VALUE * values.length)
  let order = new Uint32Array(values.length)
  for (let i = 0; i < order.length; i++) order[i] = i
  let next = new Uint32Array(values.length)
  for (let digit = 0; digit < PER_VALUE; digit++) {
    const starts = digitStarts(digits, digit)
    if (starts === undefined) continue
    for (let i = 0; i < order.length; i++) {
      const place = order[i]!
      next[starts[digits[place * PER_VALUE + digit]!]!++] = place
    }
    ;[order, next] = [next, order]
  }
  return order
}

/** Where the values with each digit begin among the sorted ones; undefined where all have the same digit. */
function digitStarts(digits: Uint16Array, digit: number): Uint32Array | undefined {
  const starts = new Uint32Array(DIGITS)
  for (let at = digit; at < digits.length; at += PER_VALUE) starts[digits[at]!]!++
  if (digits.length === 0 || starts[digits[digit]!] === digits.length / PER_VALUE) return undefined
  let start = 0
  for (let value = 0; value < DIGITS; value++) {
    const count = starts[value]!
    starts[value] = start
    start += count
  }
  return starts
}
