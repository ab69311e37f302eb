import { imageFormat } from '@tiny-face/file-signatures'
import { DataError } from '@tiny-face/safe-files'
import type { Sharp } from 'sharp'
import { shownFormat } from '../shown-format.js'
import { cmykToRgb } from './cmyk-to-rgb.js'
import { type SoundImage, STRICT, soundImage, undecodable } from './decoding-policy.js'
import { openPixels } from './open-image.js'
import { storedWindow, turnedSize, turnUpright, type Window } from './orientation.js'
import { readPgm } from './pgm.js'
import type { Pixels } from './pixels.js'
import { RESIZED_FORMATS } from './resize-image.js'
import { sharp } from './sharp.js'

/** The formats of photos that are read, in words. HEIC is not among them: sharp comes without a decoder of HEVC. */
export const READ_FORMATS = RESIZED_FORMATS.map(format => format.toUpperCase()).join(', ')

/** A photo that is decoded as far as it is needed: reduced, or a part of it. Seen upright, by its EXIF orientation. */
export interface Photo {
  /** In pixels. */
  readonly width: number
  readonly height: number
  /**
   * RGB, uint8 `[height, width, 3]`, reduced until its longest side is at most `longestSide`; as it is where none is longer. A JPEG is
   * decoded to an eighth, a quarter or half of its size where that is enough, and needs a fraction of the memory.
   *
   * @throws DataError where it is damaged
   */
  reduced(longestSide: number): Promise<Pixels>
  /**
   * RGB, uint8 `[height, width, 3]`: a part in its full size.
   *
   * @param window within the photo
   * @throws DataError where it is damaged
   */
  part(window: Window): Promise<Pixels>
}

/**
 * Opens a photo for which the decoding policy is the same as for decodeImage, and so are the pixels: alpha is dropped, 16 bits become 8,
 * colour profiles are not applied.
 *
 * @param encoded one of RESIZED_FORMATS; of an animation, the first picture is taken
 * @throws DataError for other formats, for more than MAX_IMAGE_PIXELS, and for damage that is found before decoding
 */
export async function openPhoto(encoded: Uint8Array): Promise<Photo> {
  expectPhoto(encoded)
  try {
    const sound = soundImage(encoded, RESIZED_FORMATS)
    const { width, height, orientation = 1 } = await openStored(sound).metadata()
    const stored = { width, height }
    return {
      ...turnedSize(stored, orientation),
      async reduced(longestSide) {
        const scale = Math.min(1, longestSide / Math.max(width, height))
        const size = [width, height].map(side => Math.max(1, Math.round(side * scale)))
        const image = openStored(sound)
        if (scale < 1) image.resize(size[0]!, size[1]!, { fit: 'fill' })
        return turnUpright(await rgbOf(image, sound), orientation)
      },
      async part(window) {
        const image = openStored(sound).extract(storedWindow(window, stored, orientation))
        return turnUpright(await rgbOf(image, sound), orientation)
      },
    }
  } catch (error) {
    throw undecodable(error)
  }
}

function openStored({ format, bytes }: SoundImage): Sharp {
  return format === 'pgm' ? openPixels(readPgm(bytes), 1) : sharp(bytes, STRICT)
}

async function rgbOf(image: Sharp, { isCmyk }: SoundImage): Promise<Pixels> {
  try {
    if (isCmyk) return await cmykToRgb(image)
    const rgb = image.removeAlpha().toColourspace('srgb').raw()
    const { data, info } = await rgb.toBuffer({ resolveWithObject: true })
    return { pixels: new Uint8Array(data.buffer, data.byteOffset, data.length), height: info.height, width: info.width }
  } catch (error) {
    throw undecodable(error)
  }
}

/** @throws DataError for bytes that do not begin as a photo of RESIZED_FORMATS does */
export function expectPhoto(encoded: Uint8Array): void {
  const format = imageFormat(encoded)
  if (format !== undefined && RESIZED_FORMATS.includes(format)) return
  throw new DataError({ expected: `a photo (${READ_FORMATS})`, found: shownFormat(encoded) })
}
