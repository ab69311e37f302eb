import { decodeJpeg } from './decode-jpeg.js'
import { soundImage, undecodable } from './decoding-policy.js'
import { openSound } from './open-image.js'
import type { Pixels } from './pixels.js'

/**
 * Decodes a JPEG, PNG or PGM to RGB, uint8 `[height, width, 3]`: grey is three equal channels, alpha is dropped, 16 bits
 * become 8, and the image is upright by its EXIF orientation. JPEG as libjpeg-turbo decodes it (accurate integer DCT,
 * smooth chroma upsampling), bit for bit what OpenCV gives; and but for CMYK, what Pillow gives.
 *
 * @throws DataError for what is no JPEG, PNG or PGM, has more than MAX_IMAGE_PIXELS, or is damaged by the policy in decoding-policy.ts
 */
export async function decodeImage(bytes: Uint8Array): Promise<Pixels> {
  try {
    const sound = soundImage(bytes)
    const face = await decodeJpeg(sound.bytes)
    if (face) return face
    const image = await openSound(sound)
    const { data, info } = await image.toColourspace('srgb').raw().toBuffer({ resolveWithObject: true })
    return { pixels: new Uint8Array(data.buffer, data.byteOffset, data.length), height: info.height, width: info.width }
  } catch (error) {
    throw undecodable(error)
  }
}
