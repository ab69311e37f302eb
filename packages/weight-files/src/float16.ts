/*
 * IEEE 754 binary16 as its bits, which is how onnxruntime gives and takes float16 where JavaScript has no array of them:
 * 1 bit of sign, 5 of exponent (bias 15), 10 of mantissa. Exponent 0 is zero and what is below 2^-14, exponent 31 infinity and NaN.
 */

const bits = new Uint32Array(1)
const float = new Float32Array(bits.buffer)

/** 2^-24, the smallest float16. */
const SMALLEST = 2 ** -24
/** Added to a number below 2^-14 and taken away again: the float32 in between has its last bit at 2^-24, and rounds there to nearest even. */
const ROUNDS_TO_SMALLEST = 0.5

/** Rounds to nearest, of two equally near to the even one; what is beyond 65504 by half a step or more is infinity. */
export function toFloat16(values: Float32Array): Uint16Array {
  const halves = new Uint16Array(values.length)
  for (let i = 0; i < values.length; i++) halves[i] = toHalf(values[i]!)
  return halves
}

/** Exact: every float16 is a float32. */
export function fromFloat16(halves: Uint16Array): Float32Array {
  const values = new Float32Array(halves.length)
  for (let i = 0; i < halves.length; i++) values[i] = fromHalf(halves[i]!)
  return values
}

function toHalf(value: number): number {
  float[0] = value
  const all = bits[0]!
  const sign = (all >>> 16) & 0x8000
  const magnitude = all & 0x7fffffff
  if (magnitude > 0x7f800000) return sign | 0x7e00
  if (magnitude >= 0x47800000) return sign | 0x7c00
  if (magnitude < 0x38800000) {
    float[0] = Math.abs(value) + ROUNDS_TO_SMALLEST
    return sign | ((float[0] - ROUNDS_TO_SMALLEST) / SMALLEST)
  }
  // The exponent's bias goes from 127 to 15; half of the last bit that stays, less one where that is even, carries as it should.
  const rounded = magnitude - ((127 - 15) << 23) + 0xfff + ((magnitude >>> 13) & 1)
  return sign | (rounded >>> 13)
}

/** One of them. */
export function fromHalf(half: number): number {
  const exponent = (half >>> 10) & 31
  const mantissa = half & 0x3ff
  const sign = half & 0x8000 ? -1 : 1
  if (exponent === 0) return sign * mantissa * SMALLEST
  bits[0] = ((half & 0x8000) << 16) | (exponent === 31 ? 0x7f800000 : (exponent + 127 - 15) << 23) | (mantissa << 13)
  return float[0]!
}
