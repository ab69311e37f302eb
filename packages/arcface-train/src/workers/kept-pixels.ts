/** A set whose pixels take up to so many bytes is decoded in its first epoch only: 28,000 faces of 112x112. */
export const MAX_KEPT_BYTES = 2 ** 30

/** The decoded images of a set, in memory that threads share: decoding takes as long as all that is done to an image afterwards. */
export interface KeptPixels {
  /** RGB, `[count, size, size, 3]`. */
  readonly pixels: Uint8Array
  /** `[count]`: 1 where an image lies in `pixels`. Two threads that have one image at a time write the same bytes. */
  readonly isKept: Uint8Array
}

/** Room for `count` images, none of them there yet; undefined where that would be over MAX_KEPT_BYTES. */
export function keptPixels(count: number, size: number): KeptPixels | undefined {
  const bytes = count * size * size * 3
  if (bytes > MAX_KEPT_BYTES) return undefined
  return {
    pixels: new Uint8Array(new SharedArrayBuffer(bytes)),
    isKept: new Uint8Array(new SharedArrayBuffer(count)),
  }
}
