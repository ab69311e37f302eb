import { openBin } from '@tiny-face/bin-stream'
import { placed } from '@tiny-face/safe-files'
import type { CalibrationBatch } from '@tiny-face/tfjs-compiler'
import { decodeInput, inputFiller } from '../network-input.js'
import type { Network } from '../networks/network.js'
import { PRESETS } from '../preprocess.js'

/** The most faces that are looked at: ranges change little after the first hundred. */
export const CALIBRATION_IMAGES = 256

/** Ranges are means over batches: each is of so many faces. */
const BATCH = 16

/**
 * Faces of a verification set as the network takes them, `[16, 3, size, size]`: up to CALIBRATION_IMAGES, spread over the whole set.
 *
 * @param file an insightface .bin
 * @throws DataError that names the file and the image, where one does not decode or is of another size
 */
export async function* calibrationBatches(
  file: string,
  { size, preprocess }: Network,
): AsyncGenerator<CalibrationBatch> {
  const { images, close } = openBin(file)
  try {
    const every = Math.ceil(images.length / CALIBRATION_IMAGES)
    const fill = inputFiller(PRESETS[preprocess], { layout: 'nchw', height: size, width: size })
    let data = new Float32Array(BATCH * 3 * size * size)
    let filled = 0
    let place = 0
    for (const image of images) {
      if (place++ % every !== 0) continue
      fill(data, filled++, await pixelsOf(image, size, { file, record: place - 1 }), false)
      if (filled < BATCH) continue
      yield { shape: [BATCH, 3, size, size], data }
      data = new Float32Array(data.length)
      filled = 0
    }
    if (filled > 0) yield { shape: [filled, 3, size, size], data: data.subarray(0, filled * 3 * size * size) }
  } finally {
    close()
  }
}

async function pixelsOf(image: Uint8Array, size: number, place: { file: string; record: number }): Promise<Uint8Array> {
  try {
    return (await decodeInput(image, { height: size, width: size })).pixels
  } catch (error) {
    throw placed(error, place)
  }
}
