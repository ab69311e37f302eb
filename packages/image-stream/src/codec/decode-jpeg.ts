import type { JPEGDecoder } from '@cornerstonejs/codec-libjpeg-turbo-8bit/decodewasmjs'
import { imageFormat } from '@tiny-face/file-signatures'
import { MARKER, readJpegHeader } from './jpeg-header.js'
import type { Pixels } from './pixels.js'

/**
 * The largest JPEG that is decoded here, in pixels: a WebAssembly memory grows with the largest image and never shrinks. Above it what
 * sharp spends on an image beside decoding it does not count.
 */
export const MAX_SMALL_JPEG = 2 ** 20

let decoder: Promise<JPEGDecoder> | undefined

/**
 * Decodes a JPEG as faces are stored to RGB `[height, width, 3]`, by libjpeg-turbo in WebAssembly (accurate integer DCT, smooth chroma
 * upsampling): the bits that sharp gives, for 112x112 pixels in a quarter of the time. Of damage it knows what libjpeg warns of, no more:
 * decodeImage looks closer.
 *
 * @returns undefined for any other image, and for one that libjpeg warns of
 */
export async function decodeJpeg(bytes: Uint8Array): Promise<Pixels | undefined> {
  if (!isPlainJpeg(bytes)) return undefined
  decoder ??= newDecoder()
  const jpeg = await decoder
  jpeg.getEncodedBuffer(bytes.length).set(bytes)
  try {
    jpeg.decode()
  } catch {
    return undefined
  }
  const { width, height, componentCount } = jpeg.getFrameInfo()
  const decoded = jpeg.getDecodedBuffer()
  return { pixels: componentCount === 1 ? greyToRgb(decoded) : new Uint8Array(decoded), height, width }
}

/** Grey or of three colours, of 8 bits, not large, and not to be turned. */
function isPlainJpeg(bytes: Uint8Array): boolean {
  const header = imageFormat(bytes) === 'jpeg' ? readJpegHeader(bytes) : undefined
  if (header?.frame === undefined || header.segments.some(({ marker }) => marker === MARKER.exif)) return false
  const { precision, components, height, width } = header.frame
  return precision === 8 && [1, 3].includes(components.length) && height * width <= MAX_SMALL_JPEG
}

function greyToRgb(grey: Uint8ClampedArray): Uint8Array {
  const pixels = new Uint8Array(grey.length * 3)
  for (let i = 0; i < grey.length; i++) pixels.fill(grey[i]!, 3 * i, 3 * i + 3)
  return pixels
}

/** Only once a JPEG is there: a command that decodes none does not load 0.3 MB of WebAssembly. */
async function newDecoder(): Promise<JPEGDecoder> {
  const { default: load } = await import('@cornerstonejs/codec-libjpeg-turbo-8bit/decodewasmjs')
  const turbo = await load()
  return new turbo.JPEGDecoder()
}
