import type { Pixels } from '@tiny-face/image-stream'
import type { Random, Range } from './random.js'

/** A part of an image, in pixels. */
export interface Box {
  readonly top: number
  readonly left: number
  readonly height: number
  readonly width: number
}

export interface BoxOptions {
  /** Of the image's area, 0 to 1. */
  readonly area: Range
  /** Width to height. */
  readonly ratio: Range
}

const ATTEMPTS = 10

/**
 * A box of random area, shape and place, as torchvision's RandomResizedCrop.get_params and RandomErasing.get_params draw it.
 *
 * @returns undefined where none of ten fits into the image
 */
export function drawBox(random: Random, { area, ratio }: BoxOptions, image: Pixels): Box | undefined {
  for (let attempt = 0; attempt < ATTEMPTS; attempt++) {
    const pixels = image.height * image.width * random.uniform(area)
    const shape = random.ratio(ratio)
    const width = Math.round(Math.sqrt(pixels * shape))
    const height = Math.round(Math.sqrt(pixels / shape))
    if (width < 1 || height < 1 || width > image.width || height > image.height) continue
    const top = random.whole([0, image.height - height])
    const left = random.whole([0, image.width - width])
    return { top, left, height, width }
  }
  return undefined
}
