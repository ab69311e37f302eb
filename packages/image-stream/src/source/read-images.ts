import { imageFormat } from '@tiny-face/file-signatures'
import { DataError } from '@tiny-face/safe-files'
import { decodeImage } from '../codec/decode-image.js'
import { encodePng } from '../codec/encode-png.js'
import { expectPhoto } from '../codec/open-photo.js'
import { readPgm } from '../codec/pgm.js'
import { resizeImage } from '../codec/resize-image.js'
import { mapAhead } from '../map-ahead.js'
import type { ImageSource } from './image-source.js'

export interface ReadImagesOptions {
  /** Fill `size` x `size` pixels and encode as PNG. */
  size?: number | undefined
  /** Pass images on without decoding them, of any of RESIZED_FORMATS: who takes them decodes them. Not with `size`. */
  undecoded?: boolean | undefined
  /** How many images are read at a time. */
  threads: number
}

export interface ReadImage<T> {
  file: T
  /** The bytes, or why there are none. */
  image: Uint8Array | DataError
}

/**
 * The bytes of each image, in order, as imageRecords gives them, or why it cannot be read.
 *
 * @param files with paths in the source
 */
export async function* readImages<T extends { path: string }>(
  source: ImageSource,
  files: Iterable<T>,
  { size, undecoded = false, threads }: ReadImagesOptions,
): AsyncGenerator<ReadImage<T>> {
  yield* mapAhead(files, threads, async file => ({ file, image: await readImage(source, file.path, size, undecoded) }))
}

async function readImage(
  source: ImageSource,
  path: string,
  size: number | undefined,
  undecoded: boolean,
): Promise<Uint8Array | DataError> {
  try {
    const bytes = await source.read(path)
    if (size !== undefined) return await resizeImage(bytes, size)
    if (imageFormat(bytes) === 'pgm') return await encodePng(readPgm(bytes))
    if (undecoded) expectPhoto(bytes)
    else await decodeImage(bytes)
    return bytes
  } catch (error) {
    if (error instanceof DataError) return new DataError({ file: `${source.name}/${path}`, ...error.fault })
    throw error
  }
}
