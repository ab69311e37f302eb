/* From an encoded image to the numbers that a network takes. This file loads no tensor library: threads that decode images import it alone. */
import { decodeImage, type Pixels } from '@tiny-face/image-stream'
import { DataError } from '@tiny-face/safe-files'
import type { Layout, Normalisation } from './preprocess.js'

/** Where the values of an image lie in the network's input. */
export interface InputShape {
  layout: Layout
  height: number
  width: number
  /** Colours, or one of grey; colours where left out. */
  channels?: 1 | 3
}

type Extents = Pick<InputShape, 'height' | 'width'>

/** The values of one image. */
export function inputSize({ height, width, channels = 3 }: InputShape): number {
  return height * width * channels
}

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
 * `[height, width, 3]` of 0…255, and whether to mirror it left to right. Where the network takes grey, colours become it as OpenCV
 * makes it of them, and the normalisation of the first channel counts.
 */
export function inputFiller({ order, mean, std }: Normalisation, shape: InputShape): FillInput {
  const { layout, height, width, channels = 3 } = shape
  const area = height * width
  const channelStride = layout === 'nchw' ? area : 1
  const pixelStride = layout === 'nchw' ? 1 : channels
  const source = order === 'rgb' ? [0, 1, 2] : [2, 1, 0]
  const tables = mean.map((m, channel) => Float32Array.from({ length: 256 }, (_, x) => (x - m) / std[channel]!))
  return (input, slot, pixels, mirrored) => {
    const image = channels === 1 ? luma(pixels) : pixels
    for (const [channel, table] of tables.slice(0, channels).entries()) {
      let to = slot * area * channels + channel * channelStride
      for (let y = 0; y < height; y++) {
        let from = (mirrored ? (y + 1) * width - 1 : y * width) * channels + (channels === 1 ? 0 : source[channel]!)
        const step = mirrored ? -channels : channels
        for (let x = 0; x < width; x++) {
          input[to] = table[image[from]!]!
          to += pixelStride
          from += step
        }
      }
    }
  }
}

/**
 * The grey of colours, 0.299 R + 0.587 G + 0.114 B in whole numbers of 1/32768, rounded: to the bit what OpenCV's cvtColor makes of them.
 *
 * @param rgb `[height, width, 3]`
 * @see OpenCV 4 and 5, modules/imgproc/src/color_rgb.simd.hpp, RGB2Gray<uchar>: RY15, GY15, BY15
 */
export function luma(rgb: Uint8Array): Uint8Array {
  const grey = new Uint8Array(rgb.length / 3)
  for (let i = 0; i < grey.length; i++)
    grey[i] = (9798 * rgb[3 * i]! + 19235 * rgb[3 * i + 1]! + 3735 * rgb[3 * i + 2]! + 16384) >> 15
  return grey
}
