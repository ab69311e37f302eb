import type { Sharp } from 'sharp'
import { cmykToRgb } from './cmyk-to-rgb.js'
import { DECODED_FORMATS, type SoundImage, STRICT, soundImage } from './decoding-policy.js'
import { readPgm } from './pgm.js'
import type { Pixels } from './pixels.js'
import { sharp } from './sharp.js'

/**
 * A sharp pipeline over an encoded image that passes the decoding policy: upright (by its EXIF orientation), without alpha, and with the
 * numbers as they are in the file (its colour profile is not applied): what OpenCV's imdecode, and so MXNet, makes of it.
 *
 * @param formats those that are taken; of an animation, its first picture
 * @throws DataError for other formats, and for damage that is found before decoding
 */
export async function openImage(encoded: Uint8Array, formats = DECODED_FORMATS): Promise<Sharp> {
  return openSound(soundImage(encoded, formats))
}

/** The same for an image that the policy has been applied to. */
export async function openSound({ format, bytes, mayBeTurned, isCmyk }: SoundImage): Promise<Sharp> {
  if (format === 'pgm') return openPixels(readPgm(bytes), 1)
  const image = sharp(bytes, { ...STRICT, autoOrient: mayBeTurned })
  if (isCmyk) return openPixels(await cmykToRgb(image), 3)
  // A JPEG has no alpha; the step would cost time.
  return format === 'jpeg' ? image : image.removeAlpha()
}

/** A sharp pipeline over pixels in memory. */
export function openPixels({ pixels, height, width }: Pixels, channels: 1 | 3): Sharp {
  const raw = sharp(pixels, { raw: { width, height, channels } })
  return channels === 1 ? raw.toColourspace('b-w') : raw
}
