import { openPixels } from './open-image.js'
import { channelsOf, type Pixels } from './pixels.js'

/** Encodes pixels `[height, width, 3]` (RGB) or `[height, width, 1]` (grey) as PNG, lossless. */
export async function encodePng(image: Pixels): Promise<Uint8Array> {
  return openPixels(image, channelsOf(image)).png().toBuffer()
}
