const BUCKETS = 64

/** Of a length by its sketch, as a part of the length: one standard deviation. */
export const SKETCH_DEVIATION = 0.09

/**
 * A long vector in 64 numbers: every value, with a sign, is added to one of 64 sums, both drawn from the value's place (a count sketch:
 * Charikar, Chen and Farach-Colton 2002). It is linear, so the difference of two sketches is the sketch of the difference, and its
 * length is that of the vector within some 9% (one standard deviation). A vector of up to 64 values is kept as it is.
 *
 * tools/peers/step-torch.py does the same.
 */
export function sketch(values: ArrayLike<number>): Float64Array {
  if (values.length <= BUCKETS) return Float64Array.from(values)
  const sums = new Float64Array(BUCKETS)
  for (let i = 0; i < values.length; i++) {
    const hash = mix(i)
    sums[hash & (BUCKETS - 1)]! += hash & BUCKETS ? -values[i]! : values[i]!
  }
  return sums
}

/** murmur3's last mixing of 32 bits. */
function mix(value: number): number {
  let hash = value ^ (value >>> 16)
  hash = Math.imul(hash, 0x85ebca6b)
  hash ^= hash >>> 13
  hash = Math.imul(hash, 0xc2b2ae35)
  return hash ^ (hash >>> 16)
}

export function norm(values: ArrayLike<number>): number {
  let sum = 0
  for (let i = 0; i < values.length; i++) sum += values[i]! ** 2
  return Math.sqrt(sum)
}
