import { openPixels } from './open-image.js'
import { channelsOf, type Pixels } from './pixels.js'

/**
 * Encodes pixels `[height, width, 3]` (RGB) or `[height, width, 1]` (grey) as JPEG, with chroma of half the size (4:2:0).
 *
 * @param quality libjpeg's, 1 to 100
 */
export async function encodeJpeg(image: Pixels, quality: number): Promise<Uint8Array> {
  return openPixels(image, channelsOf(image)).jpeg({ quality }).toBuffer()
}
