/** A copy with bytes zeroed or cut out, or with one bit flipped (the `length % 8`-th of the byte at `at`), as opencv-images.py does it. */
export function damagedJpeg(jpeg: Uint8Array, how: 'zero' | 'flip' | 'cut', at: number, length: number): Uint8Array {
  if (how === 'cut') return Buffer.concat([jpeg.subarray(0, at), jpeg.subarray(at + length)])
  const damaged = Uint8Array.from(jpeg)
  if (how === 'zero') damaged.fill(0, at, at + length)
  else damaged[at]! ^= 1 << (length % 8)
  return damaged
}
