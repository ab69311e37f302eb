/** Random resized crop (Szegedy et al. 2015), and AdaFace's, which leaves the part in its place and makes the rest black. */
import type { Pixels } from '@tiny-face/image-stream'
import { type Box, type BoxOptions, drawBox } from './box.js'
import type { Random } from './random.js'
import { resample } from './resample.js'
import { linear, tapsOf } from './resize.js'

export interface CropOptions extends BoxOptions {
  /** Whether the part fills the image. */
  readonly resize: boolean
}

/** The part that is kept: where none of those drawn fits, the largest in the middle that has a ratio in bounds. */
export function drawCrop(random: Random, options: CropOptions, image: Pixels): Box {
  return drawBox(random, options, image) ?? middle(options, image)
}

/** The part `box` in its place, all around it black. */
export function blackAround({ pixels, height, width }: Pixels, box: Box): Pixels {
  const cropped = new Uint8Array(pixels.length)
  for (let row = box.top; row < box.top + box.height; row++) {
    const from = (row * width + box.left) * 3
    cropped.set(pixels.subarray(from, from + box.width * 3), from)
  }
  return { pixels: cropped, height, width }
}

/** The part `box`, enlarged to the image's size by linear interpolation. */
export function enlarged(image: Pixels, box: Box): Pixels {
  const across = tapsOf(linear, box.width, image.width, box.left)
  const down = tapsOf(linear, box.height, image.height, box.top)
  return resample(image, across, down)
}

function middle({ ratio }: BoxOptions, image: Pixels): Box {
  const shape = Math.min(Math.max(image.width / image.height, ratio[0]), ratio[1])
  const width = Math.min(image.width, Math.round(image.height * shape))
  const height = Math.min(image.height, Math.round(image.width / shape))
  const top = Math.floor((image.height - height) / 2)
  const left = Math.floor((image.width - width) / 2)
  return { top, left, height, width }
}
