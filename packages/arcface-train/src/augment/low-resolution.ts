/** AdaFace's low resolution (Kim, Jain, Liu 2022): an image made small and large again, as faces far from a camera are. */
import type { Pixels } from '@tiny-face/image-stream'
import type { Random, Range } from './random.js'
import { INTERPOLATIONS, type Interpolation, resize } from './resize.js'

export interface LowResolutionOptions {
  /** Of the small image's side to the large one's, over 0 to 1. */
  readonly side: Range
}

export interface LowResolution {
  readonly side: number
  /** Each is one of OpenCV's, drawn by itself. */
  readonly smaller: Interpolation
  readonly larger: Interpolation
}

export function drawLowResolution(random: Random, { side }: LowResolutionOptions): LowResolution {
  return { side: random.uniform(side), smaller: random.pick(INTERPOLATIONS), larger: random.pick(INTERPOLATIONS) }
}

export function lowResolution(image: Pixels, { side, smaller, larger }: LowResolution): Pixels {
  const height = Math.max(1, Math.floor(side * image.height))
  const width = Math.max(1, Math.floor(side * image.width))
  return resize(resize(image, { height, width }, smaller), image, larger)
}
