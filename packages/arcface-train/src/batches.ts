import { inputFiller, type Network, PRESETS } from '@tiny-face/arcface-model'
import { decodeImage } from '@tiny-face/image-stream'
import { DataError } from '@tiny-face/record-stream'
import { epochFlips, epochOrder } from './data-order.js'
import type { TrainingSet } from './training-set.js'

export interface Batch {
  readonly step: number
  readonly epoch: number
  /** Preprocessed, `[batch, size, size, 3]`. */
  readonly images: Float32Array
  /** `[batch]`. */
  readonly labels: Int32Array
}

export interface BatchOptions {
  readonly network: Network
  readonly batchSize: number
  readonly seed: number
  /** Steps to take; the last, incomplete batch of an epoch is left out. */
  readonly steps: number
}

/**
 * The batches of a run: the records in each epoch's order, decoded, mirrored or not, preprocessed. A batch is a function of
 * (set, seed, step) alone. The next one is decoded while the present one trains.
 *
 * @throws DataError where an image does not decode, or is not of the network's size
 */
export async function* batches(set: TrainingSet, options: BatchOptions): AsyncGenerator<Batch, void, undefined> {
  const { batchSize, seed, steps } = options
  const perEpoch = Math.floor(set.count / batchSize)
  let order: { epoch: number; records: Uint32Array; flips: Uint8Array } = {
    epoch: -1,
    records: new Uint32Array(),
    flips: new Uint8Array(),
  }
  const batchOf = (step: number): Promise<Batch> => {
    const epoch = Math.floor(step / perEpoch)
    if (order.epoch !== epoch) {
      order = { epoch, records: epochOrder(seed, epoch, set.count), flips: epochFlips(seed, epoch, set.count) }
    }
    const from = (step % perEpoch) * batchSize
    const { records, flips } = order
    const picked = Array.from({ length: batchSize }, (_, i) => ({
      record: records[from + i]!,
      flip: flips[from + i] === 1,
    }))
    return decodeBatch(set, picked, options.network).then(decoded => ({ step, epoch, ...decoded }))
  }
  let next = steps > 0 ? batchOf(0) : undefined
  for (let step = 0; next !== undefined; step++) {
    const batch = await next
    next = step + 1 < steps ? batchOf(step + 1) : undefined
    // A failure is thrown when its batch is awaited, not before.
    next?.catch(() => {})
    yield batch
  }
}

async function decodeBatch(
  set: TrainingSet,
  picked: readonly { record: number; flip: boolean }[],
  { size, preprocess }: Network,
): Promise<Pick<Batch, 'images' | 'labels'>> {
  const images = new Float32Array(picked.length * size * size * 3)
  const fill = inputFiller(PRESETS[preprocess], { layout: 'nhwc', height: size, width: size })
  await Promise.all(
    picked.map(async ({ record, flip }, slot) => {
      const { pixels, height, width } = await decode(set, record)
      if (height !== size || width !== size) {
        throw new DataError({
          file: set.source,
          record,
          expected: `an image of ${size}x${size}`,
          found: `${width}x${height}`,
        })
      }
      fill(images, slot, pixels, flip)
    }),
  )
  return { images, labels: Int32Array.from(picked, ({ record }) => set.label(record)) }
}

async function decode(set: TrainingSet, record: number): ReturnType<typeof decodeImage> {
  try {
    return await decodeImage(set.image(record))
  } catch (error) {
    if (!(error instanceof DataError)) throw error
    throw new DataError({ ...error.fault, file: set.source, record, cause: error })
  }
}
