import { DECODER_THREADS } from '@tiny-face/command-shell'
import type { DataMap } from '@tiny-face/record-stream'
import { DataError } from '@tiny-face/safe-files'
import type { ImageFile } from '../image-listing.js'
import type { ImageSource } from './image-source.js'
import { type ReadImagesOptions, readImages } from './read-images.js'

export interface ImageRecordsOptions extends Partial<ReadImagesOptions> {
  /** Takes what is said of each image that is left out because it cannot be read; without it the first is thrown. */
  skipDamaged?: (error: DataError) => void
}

/**
 * A record for each image, in order: `id` its path, `label` as listed, `image` the file's bytes, untouched. A PGM
 * becomes a PNG with the same pixels; with `size`, every image becomes a PNG of `size` x `size` (see resizeImage). All images
 * are decoded, to know that they can be, unless `undecoded` leaves that to who takes them.
 *
 * @throws DataError that names the file, for the first that is no whole JPEG, PNG or PGM
 */
export async function* imageRecords(
  source: ImageSource,
  images: Iterable<ImageFile>,
  { size, undecoded, threads = DECODER_THREADS, skipDamaged }: ImageRecordsOptions = {},
): AsyncGenerator<DataMap & { image: Uint8Array }> {
  for await (const { file, image } of readImages(source, images, { size, undecoded, threads })) {
    if (!(image instanceof DataError)) yield { id: file.path, label: file.label, image }
    else if (skipDamaged === undefined) throw image
    else skipDamaged(image)
  }
}
