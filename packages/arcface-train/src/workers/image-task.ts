/** What goes to a thread and comes back: encoded images, and what became of them. */
import type { Normalisation } from '@tiny-face/arcface-model'
import { checkInputSize, decodeInput, inputFiller } from '@tiny-face/arcface-model/network-input'
import { decodeJpeg, type Pixels } from '@tiny-face/image-stream'
import { DataError, type Fault } from '@tiny-face/safe-files'
import type { AugmentConfig } from '../augment/augment-config.js'
import { augmentImage, isMirrored } from '../augment/augment-image.js'
import type { KeptPixels } from './kept-pixels.js'

/** What all tasks of a thread have in common. */
export interface ImageSetup {
  /** Height and width that an image must have. */
  readonly size: number
  readonly seed: number
  readonly augment: AugmentConfig
  readonly normalisation: Normalisation
  /** Where images lie that were decoded before, and those of a task are put. */
  readonly kept?: KeptPixels | undefined
}

export interface ImageTask {
  readonly epoch: number
  /** Each image's record in the set. */
  readonly records: Uint32Array
  /** The encoded images, one behind the other; nothing for one that is kept. */
  readonly encoded: Uint8Array
  /** Where each image ends in `encoded`. */
  readonly ends: Uint32Array
  /**
   * Where they go as the network's input, `[images, size, size, 3]`: memory that threads share, so that none is copied. Without it is only
   * found out what is wrong with them.
   */
  readonly images?: Float32Array
}

/** What is wrong with an image of a task. */
export interface ImageFault {
  readonly record: number
  readonly fault: Fault
}

/** So many images of a task at a time: what sharp decodes goes to Node's threads, of which others need some, too. */
const LANES = 4

/**
 * Decodes images, augments and normalises them: the same for the same task, wherever and beside whatever it runs.
 *
 * @returns what is wrong with them, in their order
 */
export async function runTask(task: ImageTask, setup: ImageSetup): Promise<ImageFault[]> {
  const { epoch, records, encoded, ends, images } = task
  const { size, seed, augment, normalisation, kept } = setup
  const { mirror: _, ...changes } = augment
  const shape = { layout: 'nhwc', height: size, width: size } as const
  const fill = inputFiller(normalisation, shape)
  const faults: (ImageFault | undefined)[] = new Array(records.length)
  const run = async (slot: number) => {
    const record = records[slot]!
    try {
      const bytes = encoded.subarray(slot === 0 ? 0 : ends[slot - 1]!, ends[slot]!)
      if (!images) {
        await decodeInput(bytes, shape)
        return
      }
      const draw = { seed, epoch, record }
      const { pixels } = await augmentImage(await pixelsOf(record, bytes), draw, changes)
      // Mirrored on the way to the input: that costs nothing.
      fill(images, slot, pixels, isMirrored(draw, augment))
    } catch (error) {
      if (!(error instanceof DataError)) throw error
      faults[slot] = { record, fault: error.fault }
    }
  }
  const pixelsOf = async (record: number, bytes: Uint8Array): Promise<Pixels> => {
    if (!kept) return seenBefore(bytes, size)
    const pixels = kept.pixels.subarray(record * size * size * 3, (record + 1) * size * size * 3)
    if (!kept.isKept[record]) pixels.set((await seenBefore(bytes, size)).pixels)
    kept.isKept[record] = 1
    return { pixels, height: size, width: size }
  }
  let next = 0
  const lane = async () => {
    while (next < records.length) await run(next++)
  }
  await Promise.all(Array.from({ length: LANES }, lane))
  return faults.filter(fault => fault !== undefined)
}

/** Decodes an image of a set that was checked before the first step: not all that damage shows by is looked for once more. */
async function seenBefore(bytes: Uint8Array, size: number): Promise<Pixels> {
  const shape = { height: size, width: size }
  const pixels = await decodeJpeg(bytes)
  if (pixels === undefined) return decodeInput(bytes, shape)
  checkInputSize(pixels, shape)
  return pixels
}
