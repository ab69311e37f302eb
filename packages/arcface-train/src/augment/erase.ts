/** Random erasing (Zhong et al. 2017), with a random value for each pixel: the best of those that they tried. */
import type { Pixels } from '@tiny-face/image-stream'
import type { Box } from './box.js'
import type { Random } from './random.js'

/** The image with noise in place of what lies in `box`. */
export function erase({ pixels, height, width }: Pixels, box: Box, random: Random): Pixels {
  const erased = new Uint8Array(pixels)
  for (let row = box.top; row < box.top + box.height; row++) {
    const from = (row * width + box.left) * 3
    random.bytes(erased.subarray(from, from + box.width * 3))
  }
  return { pixels: erased, height, width }
}
