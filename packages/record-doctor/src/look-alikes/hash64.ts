/** 64 bits, as two unsigned halves. */
export interface Hash64 {
  high: number
  low: number
}

/** Many hashes, by their number. */
export interface Hashes {
  high: Uint32Array
  low: Uint32Array
}

export function hashesOf(count: number): Hashes {
  return { high: new Uint32Array(count), low: new Uint32Array(count) }
}

/** How many of 32 bits are set (Warren, Hacker's Delight, 5-1). */
export function bitCount(bits: number): number {
  let n = bits - ((bits >>> 1) & 0x55555555)
  n = (n & 0x33333333) + ((n >>> 2) & 0x33333333)
  return Math.imul((n + (n >>> 4)) & 0x0f0f0f0f, 0x01010101) >>> 24
}
