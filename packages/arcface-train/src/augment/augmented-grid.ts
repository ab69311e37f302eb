import { decodeInput } from '@tiny-face/arcface-model'
import { encodePng } from '@tiny-face/image-stream'
import { placed } from '@tiny-face/safe-files'
import { epochOrder } from '../data-order.js'
import type { TrainingSet } from '../training-set.js'
import type { AugmentConfig } from './augment-config.js'
import { augmentImage } from './augment-image.js'

export interface GridOptions {
  /** Height and width of the network's images. */
  readonly size: number
  readonly seed: number
  readonly augment: AugmentConfig
  /** Records, one a row: the first of the first epoch's order. */
  readonly rows?: number
  /** Epochs: how the record is seen in each, beside the image as it is. */
  readonly columns?: number
}

/** White pixels between images; twice as many behind the images as they are. */
const GAP = 2

/**
 * What a network would see, as a PNG: of each row's record the image as it is, then as it comes in epoch 0, 1, …
 *
 * @throws DataError where an image does not decode, or is not of the size
 */
export async function augmentedGrid(set: TrainingSet, options: GridOptions): Promise<Uint8Array> {
  const { size, seed, augment, rows = 8, columns = 10 } = options
  const records = epochOrder(seed, 0, set.count).subarray(0, rows)
  const height = records.length * (size + GAP) - GAP
  const width = (columns + 1) * (size + GAP)
  const grid = new Uint8Array(height * width * 3).fill(255)
  const draw = (pixels: Uint8Array, row: number, left: number) => {
    for (let y = 0; y < size; y++)
      grid.set(pixels.subarray(y * size * 3, (y + 1) * size * 3), ((row * (size + GAP) + y) * width + left) * 3)
  }
  for (const [row, record] of records.entries()) {
    const image = await decoded(set, record, size)
    draw(image.pixels, row, 0)
    for (let epoch = 0; epoch < columns; epoch++) {
      const { pixels } = await augmentImage(image, { seed, epoch, record }, augment)
      draw(pixels, row, (epoch + 1) * (size + GAP) + GAP)
    }
  }
  return encodePng({ pixels: grid, height, width })
}

async function decoded(set: TrainingSet, record: number, size: number) {
  try {
    return await decodeInput(set.image(record), { height: size, width: size })
  } catch (error) {
    throw placed(error, { file: set.source, record, id: set.id(record) })
  }
}
