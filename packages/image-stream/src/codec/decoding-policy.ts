/**
 * What counts as a damaged image: one policy for all tools, by what OpenCV, Pillow and libjpeg do.
 *
 * 1. Oddities that change no pixel pass: what mend-jpeg.ts mends (stray bytes and wrong constants in a JPEG's header, a
 *    missing end marker), anything behind the end of an image, a wrong checksum of a PNG's text, a broken colour profile
 *    or EXIF block (the image is taken as upright).
 * 2. Damage that can be told is an error, though a decoder makes pixels of it: a file that is cut short, a JPEG whose bits are no code or
 *    do not end where the image does (all that libjpeg warns of in a scan), a PNG whose checksums do not fit.
 * 3. What only looks damaged is decoded. looksDamaged tells it, and record-doctor reports it.
 */
import { type ImageFormat, imageFormat } from '@tiny-face/file-signatures'
import { DataError } from '@tiny-face/safe-files'
import type { SharpOptions } from 'sharp'
import { shownFormat } from '../shown-format.js'
import { MARKER, readJpegHeader } from './jpeg-header.js'
import { readJpegScan } from './jpeg-scan.js'
import { mendJpeg } from './mend-jpeg.js'
import { MAX_IMAGE_PIXELS } from './pixels.js'

/** The formats that are decoded to the pixels that OpenCV gives. A stream's `image` is one of the first two. */
export const DECODED_FORMATS: readonly ImageFormat[] = ['jpeg', 'png', 'pgm']

/** How libvips is asked to decode what passes: its warnings are errors, and a small file cannot claim a huge image. */
export const STRICT: SharpOptions = { failOn: 'warning', limitInputPixels: MAX_IMAGE_PIXELS, ignoreIcc: true }

export interface SoundImage {
  format: ImageFormat
  /** The bytes for the decoder: those given, or a copy with a mended header. */
  bytes: Uint8Array
  /** It may be turned by its EXIF orientation. */
  mayBeTurned: boolean
  /** A JPEG for print, of cyan, magenta, yellow and black. */
  isCmyk: boolean
}

/**
 * Applies the policy as far as it can be told before decoding.
 *
 * @param formats those that are taken
 * @throws DataError for other formats, and for a JPEG that is damaged, cut short or of more than MAX_IMAGE_PIXELS
 */
export function soundImage(bytes: Uint8Array, formats = DECODED_FORMATS): SoundImage {
  const format = imageFormat(bytes)
  if (format === undefined || !formats.includes(format))
    throw new DataError({ expected: 'a JPEG, PNG or PGM image', found: shownFormat(bytes) })
  if (format !== 'jpeg') return { format, bytes, mayBeTurned: true, isCmyk: false }
  const header = readJpegHeader(bytes)
  if (header === undefined) throw notWhole('a JPEG whose header is damaged or cut short')
  const { segments, frame } = header
  if (frame !== undefined && frame.height * frame.width > MAX_IMAGE_PIXELS) throw tooLarge()
  const scan = readJpegScan(bytes, header)
  if (scan?.fault !== undefined) throw notWhole(`a JPEG with ${scan.fault}`)
  return {
    format,
    bytes: mendJpeg(bytes, header, scan),
    mayBeTurned: segments.some(({ marker }) => marker === MARKER.exif),
    isCmyk: frame?.components.length === 4,
  }
}

/** An image that sharp could not decode, as a DataError. What libvips says is left in `cause`: its text may be of another image. */
export function undecodable(error: unknown): DataError {
  if (error instanceof DataError) return error
  const isHuge = error instanceof Error && error.message.includes('pixel limit')
  return isHuge ? tooLarge(error) : notWhole('one that does not decode', error)
}

function tooLarge(cause?: unknown): DataError {
  return new DataError({ expected: 'a smaller image', found: `one of more than ${MAX_IMAGE_PIXELS} pixels`, cause })
}

function notWhole(found: string, cause?: unknown): DataError {
  return new DataError({ expected: 'a whole image', found, cause })
}
