import { DECODER_THREADS } from '@tiny-face/command-shell'
import type { DataMap, Pair } from '@tiny-face/record-stream'
import { DataError } from '@tiny-face/safe-files'
import type { ImageRecordsOptions } from '../source/image-records.js'
import type { ImageSource } from '../source/image-source.js'
import { type ReadImage, readImages } from '../source/read-images.js'
import type { PairFile } from './read-pairs-list.js'

/**
 * Two records for each pair, one after the other, as imageRecords gives them and with their place in the set: what bin-write
 * takes. Where images are left out that do not decode, the other side of their pair is, too.
 *
 * @param images two for each pair, as readPairsList gives them
 * @throws DataError as imageRecords
 */
export async function* pairImageRecords(
  source: ImageSource,
  images: Iterable<PairFile>,
  { size, undecoded, threads = DECODER_THREADS, skipDamaged }: ImageRecordsOptions = {},
): AsyncGenerator<DataMap & { image: Uint8Array; pair: Pair }> {
  let first: ReadImage<PairFile> | undefined
  for await (const side of readImages(source, images, { size, undecoded, threads })) {
    if (side.image instanceof DataError) {
      if (skipDamaged === undefined) throw side.image
      skipDamaged(side.image)
    }
    const pair = first === undefined ? [] : [first, side]
    if (pair.every(isWhole)) {
      for (const { file, image } of pair) yield { id: file.path, label: file.label, image, pair: file.pair }
    }
    first = first === undefined ? side : undefined
  }
}

function isWhole<T>(side: ReadImage<T>): side is ReadImage<T> & { image: Uint8Array } {
  return !(side.image instanceof DataError)
}
