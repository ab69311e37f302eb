/* From an encoded image to the numbers that a network takes. This file loads no tensor library: threads that decode images import it alone. */
import { decodeImage, type Pixels } from '@tiny-face/image-stream'
import { DataError } from '@tiny-face/safe-files'
import type { Layout, Normalisation } from './preprocess.js'

/** Where the values of an image lie in the network's input. */
export interface InputShape {
  layout: Layout
  height: number
  width: number
}

type Extents = Pick<InputShape, 'height' | 'width'>

/**
 * Decodes an image of a network's size to RGB.
 *
 * @throws DataError where it does not decode, or is of another size
 */
export async function decodeInput(encoded: Uint8Array, wanted: Extents): Promise<Pixels> {
  const pixels = await decodeImage(encoded)
  checkInputSize(pixels, wanted)
  return pixels
}

/** @throws DataError where an image is not of the size that a network takes */
export function checkInputSize({ height, width }: Extents, wanted: Extents): void {
  if (height === wanted.height && width === wanted.width) return
  throw new DataError({
    expected: `an image of ${wanted.width}x${wanted.height} pixels, which the network takes`,
    found: `${width}x${height}`,
  })
}

/** Writes one image as the network's input. */
export type FillInput = (input: Float32Array, slot: number, pixels: Uint8Array, mirrored: boolean) => void

/**
 * Prepares the writing of images into a batch: a function of the batch's values, the image's place in it, its RGB pixels
 * `[height, width, 3]` of 0…255, and whether to mirror it left to right.
 */
export function inputFiller({ order, mean, std }: Normalisation, { layout, height, width }: InputShape): FillInput {
  const area = height * width
  const channelStride = layout === 'nchw' ? area : 1
  const pixelStride = layout === 'nchw' ? 1 : 3
  const [red, green, blue] = order === 'rgb' ? ([0, 1, 2] as const) : ([2, 1, 0] as const)
  const tableOf = (channel: number) =>
    Float32Array.from({ length: 256 }, (_, x) => (x - mean[channel]!) / std[channel]!)
  const [first, second, third] = [tableOf(0), tableOf(1), tableOf(2)]
  return (input, slot, pixels, mirrored) => {
    let to = slot * area * 3
    for (let y = 0; y < height; y++) {
      let from = (mirrored ? (y + 1) * width - 1 : y * width) * 3
      const step = mirrored ? -3 : 3
      for (let x = 0; x < width; x++) {
        input[to] = first[pixels[from + red]!]!
        input[to + channelStride] = second[pixels[from + green]!]!
        input[to + 2 * channelStride] = third[pixels[from + blue]!]!
        to += pixelStride
        from += step
      }
    }
  }
}
