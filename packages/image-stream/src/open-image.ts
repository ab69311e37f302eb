import { DataError } from '@tiny-face/safe-files'
import type { Sharp } from 'sharp'
import { imageFormat } from './image-format.js'
import { readPgm } from './pgm.js'
import { MAX_IMAGE_PIXELS, type Pixels } from './pixels.js'
import { sharp } from './sharp.js'

/**
 * A sharp pipeline over an encoded JPEG, PNG or PGM: upright (by its EXIF orientation), without alpha, and with the numbers as
 * they are in the file (its colour profile is not applied): what OpenCV's imdecode, and so MXNet, makes of it.
 *
 * @throws DataError for other formats, and for a damaged PGM
 */
export function openImage(bytes: Uint8Array): Sharp {
  const format = imageFormat(bytes)
  if (format === undefined) {
    const found = bytes.length === 0 ? 'no bytes' : `0x${Buffer.from(bytes.subarray(0, 8)).toString('hex')}`
    throw new DataError({ expected: 'a JPEG, PNG or PGM image', found })
  }
  if (format === 'pgm') return openPixels(readPgm(bytes), 1)
  return sharp(bytes, { autoOrient: true, ignoreIcc: true, limitInputPixels: MAX_IMAGE_PIXELS }).removeAlpha()
}

/** A sharp pipeline over pixels in memory. */
export function openPixels({ pixels, height, width }: Pixels, channels: 1 | 3): Sharp {
  const raw = sharp(pixels, { raw: { width, height, channels } })
  return channels === 1 ? raw.toColourspace('b-w') : raw
}

/** An image that sharp could not read, as a DataError. What libvips says is left in `cause`: its text may be of another image. */
export function unreadable(error: unknown): DataError {
  if (error instanceof DataError) return error
  const isHuge = error instanceof Error && error.message.includes('pixel limit')
  const found = isHuge ? `one of more than ${MAX_IMAGE_PIXELS} pixels` : 'one that does not decode'
  return new DataError({ expected: 'a whole image', found, cause: error })
}
