import { extname } from 'node:path'
import type { ImageFormat } from '@tiny-face/file-signatures'

/** The extensions of images that are read, in the order in which a list's image is looked for. */
export const IMAGE_EXTENSIONS = ['.jpg', '.jpeg', '.png', '.pgm']

const OTHER_FORMATS: Record<string, ImageFormat> = {
  '.webp': 'webp',
  '.gif': 'gif',
  '.bmp': 'bmp',
  '.tif': 'tiff',
  '.tiff': 'tiff',
  '.heic': 'heic',
  '.heif': 'heic',
  '.avif': 'avif',
  '.jp2': 'jpeg2000',
}

/** Whether a file is an image that is read, by its name. */
export function hasImageName(path: string): boolean {
  return IMAGE_EXTENSIONS.includes(extname(path).toLowerCase())
}

/** The format of an image, by its name, where it is one of those that are not read as they are. */
export function otherFormat(path: string): ImageFormat | undefined {
  return OTHER_FORMATS[extname(path).toLowerCase()]
}

/** Whether a file is an image of any format, by its name. */
export function isImageName(path: string): boolean {
  return hasImageName(path) || otherFormat(path) !== undefined
}
