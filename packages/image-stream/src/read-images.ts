import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { DataError } from '@tiny-face/safe-files'
import { decodeImage } from './decode-image.js'
import { encodePng } from './encode-png.js'
import { imageFormat } from './image-format.js'
import { readPgm } from './pgm.js'
import { resizeImage } from './resize-image.js'

export interface ReadImagesOptions {
  /** Fill `size` x `size` pixels and encode as PNG. */
  size?: number | undefined
  /** How many images are read at a time. */
  threads: number
}

export interface ReadImage<T> {
  file: T
  image: Uint8Array | DataError
}

/**
 * The bytes of each image, in order, as imageRecords gives them, or why it does not decode.
 *
 * @param files with paths relative to the folder
 */
export async function* readImages<T extends { path: string }>(
  folder: string,
  files: Iterable<T>,
  { size, threads }: ReadImagesOptions,
): AsyncGenerator<ReadImage<T>> {
  const ahead: Promise<ReadImage<T>>[] = []
  for (const file of files) {
    const read = readImage(join(folder, file.path), size).then(image => ({ file, image }))
    read.catch(() => {}) // it is thrown where it is awaited, which may be after another's
    ahead.push(read)
    if (ahead.length >= threads) yield await ahead.shift()!
  }
  for (const read of ahead) yield await read
}

async function readImage(file: string, size: number | undefined): Promise<Uint8Array | DataError> {
  const bytes = await readFile(file)
  try {
    if (size !== undefined) return await resizeImage(bytes, size)
    if (imageFormat(bytes) === 'pgm') return await encodePng(readPgm(bytes))
    await decodeImage(bytes)
    return bytes
  } catch (error) {
    if (error instanceof DataError) return new DataError({ ...error.fault, file })
    throw error
  }
}
