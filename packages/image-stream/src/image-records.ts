import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { DataError, type DataMap } from '@tiny-face/record-stream'
import { decodeImage } from './decode-image.js'
import { encodePng } from './encode-png.js'
import { imageFormat } from './image-format.js'
import { readPgm } from './pgm.js'
import type { ImageFile } from './read-image-folder.js'
import { resizeImage } from './resize-image.js'

/** Images read ahead: enough for libuv's four threads. */
const AHEAD = 8

/**
 * A record for each image, in order: `id` its path, `label` its person's index, `image` the file's bytes, untouched. A PGM
 * becomes a PNG with the same pixels; with `size`, every image becomes a PNG of `size` x `size` (see resizeImage). All images
 * are decoded, to know that they can be.
 *
 * @throws DataError that names the file, for the first that is no whole JPEG, PNG or PGM
 */
export async function* imageRecords(
  folder: string,
  images: Iterable<ImageFile>,
  { size }: { size?: number } = {},
): AsyncGenerator<DataMap & { image: Uint8Array }> {
  const ahead: Promise<DataMap & { image: Uint8Array }>[] = []
  for (const { path, label } of images) {
    const record = readImage(join(folder, path), size).then(image => ({ id: path, label, image }))
    record.catch(() => {}) // it is thrown where it is awaited, which may be after another's
    ahead.push(record)
    if (ahead.length >= AHEAD) yield await ahead.shift()!
  }
  for (const record of ahead) yield await record
}

async function readImage(file: string, size: number | undefined): Promise<Uint8Array> {
  const bytes = await readFile(file)
  try {
    if (size !== undefined) return await resizeImage(bytes, size)
    if (imageFormat(bytes) === 'pgm') return await encodePng(readPgm(bytes))
    await decodeImage(bytes)
    return bytes
  } catch (error) {
    throw error instanceof DataError ? new DataError({ ...error.fault, file }) : error
  }
}
