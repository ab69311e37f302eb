import { type Network, PRESETS } from '@tiny-face/arcface-model'
import { mapAhead } from '@tiny-face/image-stream'
import type { Job } from '@tiny-face/mpi-session'
import { DataError } from '@tiny-face/safe-files'
import { type AugmentConfig, DEFAULT_AUGMENTATION } from './augment/augment-config.js'
import { epochOrder } from './data-order.js'
import { ownRecords } from './ranks/own-share.js'
import { placeOf } from './steps-per-epoch.js'
import type { TrainingSet } from './training-set.js'
import { ImageThreadPool } from './workers/image-thread-pool.js'
import { keptPixels } from './workers/kept-pixels.js'
import { packImages } from './workers/pack-images.js'

export interface Batch {
  readonly step: number
  readonly epoch: number
  /** Augmented and normalised, `[batch, size, size, 3]`, of this rank alone; valid until the next batch is asked for. */
  readonly images: Float32Array
  /** `[batch]`. */
  readonly labels: Int32Array
  /** `[batch]`: which records of the set these are. */
  readonly records: Uint32Array
}

export interface BatchOptions {
  readonly network: Network
  readonly batchSize: number
  readonly seed: number
  /** Steps of the run; the last, incomplete batch of an epoch is left out. */
  readonly steps: number
  /** The first step, where a run goes on: 0 unless given. */
  readonly from?: number
  /** The mirror unless given. */
  readonly augment?: AugmentConfig
  /** Which of a batch's images are made here, where ranks share it; all of them unless given. */
  readonly place?: Pick<Job, 'rank' | 'ranks'>
  /** Parts in which a step is computed, of each of which a rank makes some images: 1 unless given. */
  readonly accumulate?: number
  /** Threads that decode and augment beside what computes; DATA_THREADS unless given. */
  readonly threads?: number
}

/** Batches that are made while one is used. */
const AHEAD = 2

/**
 * The batches of a run: the records in each epoch's order, decoded, augmented, normalised. A batch is a function of (set, seed, step,
 * augment) alone. Threads make the next AHEAD of them while the present one trains, each a part of it.
 *
 * @throws DataError where an image does not decode, or is not of the network's size; it names the record and its id
 */
export async function* batches(set: TrainingSet, options: BatchOptions): AsyncGenerator<Batch, void, undefined> {
  const { network, batchSize, seed, steps, from = 0, augment = DEFAULT_AUGMENTATION } = options
  const { place = { rank: 0, ranks: 1 }, accumulate = 1 } = options
  const ownSize = batchSize / place.ranks
  if (batchSize > set.count) throw new RangeError(`a batch of ${batchSize} out of ${set.count} images`)
  const kept = keptPixels(set.count, network.size)
  const setup = { size: network.size, seed, augment, normalisation: PRESETS[network.preprocess], kept }
  const sizeOfImage = network.size ** 2 * 3
  const threads = new ImageThreadPool(setup, options.threads)
  // Used in turns: fresh memory costs a page fault for every 4 KB.
  const buffers = Array.from({ length: AHEAD + 1 }, () => new SharedArrayBuffer(4 * ownSize * sizeOfImage))

  let order: { epoch: number; records: Uint32Array } = { epoch: -1, records: new Uint32Array() }
  const batchOf = async (step: number): Promise<Batch> => {
    const { epoch, position } = placeOf(step, { images: set.count, batchSize })
    if (order.epoch !== epoch) order = { epoch, records: epochOrder(seed, epoch, set.count) }
    const records = order.records.slice(position, position + batchSize)
    const own = ownRecords(records, accumulate, place)
    const images = new Float32Array(buffers[step % buffers.length]!)
    const parts = Array.from({ length: threads.count }, (_, part) => {
      const [from, to] = [part, part + 1].map(i => Math.round((i * ownSize) / threads.count)) as [number, number]
      const task = { epoch, ...packImages(set, own.subarray(from, to), kept?.isKept) }
      return threads.run({ ...task, images: images.subarray(from * sizeOfImage, to * sizeOfImage) })
    })
    const [fault] = (await Promise.all(parts)).flat()
    if (fault) throw new DataError({ ...fault.fault, file: set.source, record: fault.record, id: set.id(fault.record) })
    return { step, epoch, images, labels: Int32Array.from(records, record => set.label(record)), records }
  }

  try {
    yield* mapAhead(numbersFrom(from, steps), AHEAD, batchOf)
  } finally {
    await threads.close()
  }
}

function* numbersFrom(from: number, to: number): Generator<number> {
  for (let number = from; number < to; number++) yield number
}
