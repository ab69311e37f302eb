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
 * colour profiles are not applied. Damage, and more than MAX_IMAGE_PIXELS, may be found only when it is decoded.
 *
 * @param encoded one of RESIZED_FORMATS; of an animation, the first picture is taken
 * @throws DataError for other formats, and for a header that is damaged
 */
export async function openPhoto(encoded: Uint8Array): Promise<Photo> {
  expectPhoto(encoded)
  const decoder = new Decoder(encoded)
  const { orientation, ...stored } = await decoder.header()
  return {
    ...turnedSize(stored, orientation),
    async reduced(longestSide) {
      const scale = Math.min(1, longestSide / Math.max(stored.width, stored.height))
      const [width, height] = [stored.width, stored.height].map(side => Math.max(1, Math.round(side * scale)))
      const pixels = await decoder.decode(image => (scale < 1 ? image.resize(width, height, { fit: 'fill' }) : image))
      return turnUpright(pixels, orientation)
    },
    async part(window) {
      const pixels = await decoder.decode(image => image.extract(storedWindow(window, stored, orientation)))
      return turnUpright(pixels, orientation)
    },
  }
}

/** Decodes a picture as it is stored, once or several times. */
class Decoder {
  readonly #encoded: Uint8Array
  /** What the decoding policy says of it, as soon as it was asked. */
  #sound: SoundImage | undefined

  constructor(encoded: Uint8Array) {
    this.#encoded = encoded
  }

  async header(): Promise<{ width: number; height: number; orientation: number }> {
    try {
      // Only a JPEG whose header is to be mended, or is no header, is not understood as it is.
      const metadata = await openStored(this.#asItIs())
        .metadata()
        .catch(() => openStored(this.#judged()).metadata())
      return { width: metadata.width, height: metadata.height, orientation: metadata.orientation ?? 1 }
    } catch (error) {
      throw undecodable(error)
    }
  }

  async decode(change: (image: Sharp) => Sharp): Promise<Pixels> {
    try {
      if (this.#sound !== undefined) return await rgbOf(change(openStored(this.#sound)), this.#sound)
      // To look for damage in the bits of a large JPEG takes as long as to decode it, so the one is done while the other is, on another thread.
      const asItIs = this.#asItIs()
      const decoded = rgbOf(change(openStored(asItIs)), asItIs)
      decoded.catch(() => {})
      const sound = this.#judged()
      if (sound.bytes === this.#encoded && !sound.isCmyk) return await decoded
      return await rgbOf(change(openStored(sound)), sound)
    } catch (error) {
      throw undecodable(error)
    }
  }

  #asItIs(): SoundImage {
    return { format: imageFormat(this.#encoded)!, bytes: this.#encoded, mayBeTurned: true, isCmyk: false }
  }

  #judged(): SoundImage {
    this.#sound ??= soundImage(this.#encoded, RESIZED_FORMATS)
    return this.#sound
  }
}

function openStored({ format, bytes }: SoundImage): Sharp {
  return format === 'pgm' ? openPixels(readPgm(bytes), 1) : sharp(bytes, STRICT)
}

async function rgbOf(image: Sharp, { isCmyk }: SoundImage): Promise<Pixels> {
  if (isCmyk) return await cmykToRgb(image)
  const rgb = image.removeAlpha().toColourspace('srgb').raw()
  const { data, info } = await rgb.toBuffer({ resolveWithObject: true })
  return { pixels: new Uint8Array(data.buffer, data.byteOffset, data.length), height: info.height, width: info.width }
}

/** @throws DataError for bytes that do not begin as a photo of RESIZED_FORMATS does */
export function expectPhoto(encoded: Uint8Array): void {
  const format = imageFormat(encoded)
  if (format !== undefined && RESIZED_FORMATS.includes(format)) return
  const way = format === undefined ? '' : ' (convert it to JPEG)'
  throw new DataError({ expected: `a photo (${READ_FORMATS})`, found: `${shownFormat(encoded)}${way}` })
}
