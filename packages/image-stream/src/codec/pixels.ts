/** An image in memory: `channels` is 3 (RGB) or 1 (grey). */
export interface Pixels {
  /** uint8 `[height, width, channels]`, 0 to 255. */
  pixels: Uint8Array
  height: number
  width: number
}

/** Largest image that is decoded, in pixels: a small file can claim a huge one. */
export const MAX_IMAGE_PIXELS = 2 ** 26

export function channelsOf({ pixels, height, width }: Pixels): 1 | 3 {
  const channels = pixels.length / (height * width)
  if (channels !== 1 && channels !== 3) {
    throw new RangeError(`${pixels.length} bytes are no ${height}x${width} image of 1 or 3 channels`)
  }
  return channels
}
