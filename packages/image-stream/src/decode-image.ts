import { openImage, unreadable } from './open-image.js'
import type { Pixels } from './pixels.js'

/**
 * Decodes a JPEG, PNG or PGM to RGB, uint8 `[height, width, 3]`: grey is three equal channels, alpha is dropped, 16 bits
 * become 8, and the image is upright by its EXIF orientation. JPEG as libjpeg-turbo decodes it (accurate integer DCT,
 * smooth chroma upsampling), bit for bit what OpenCV and Pillow give.
 *
 * @throws DataError for what is no JPEG, PNG or PGM, is damaged or cut short, or has more than MAX_IMAGE_PIXELS
 */
export async function decodeImage(bytes: Uint8Array): Promise<Pixels> {
  try {
    const { data, info } = await openImage(bytes).toColourspace('srgb').raw().toBuffer({ resolveWithObject: true })
    return { pixels: new Uint8Array(data.buffer, data.byteOffset, data.length), height: info.height, width: info.width }
  } catch (error) {
    throw unreadable(error)
  }
}
