import type { Pixels } from '@tiny-face/image-stream'
import type { TypedTensor } from '@tiny-face/onnx-session'
import type { Size } from './detection-size.js'
import { CHANNELS } from './resize-area.js'

/** How a network wants its pictures. */
export interface PlanarForm {
  /** Which of its planes come first. */
  readonly order: 'rgb' | 'bgr'
  /** What a pixel's value, 0 to 255, becomes. */
  readonly values: Float32Array
}

/**
 * A picture as the input of a network that works in planes: float32 `[1, 3, height, width]`, black to the right of and below the picture.
 *
 * @param to at least the picture's size
 */
export function planarInput({ pixels, width, height }: Pixels, to: Size, { order, values }: PlanarForm): TypedTensor {
  const plane = to.width * to.height
  const data = new Float32Array(CHANNELS * plane)
  if (values[0] !== 0) data.fill(values[0]!)
  const [red, green, blue] = order === 'rgb' ? [0, plane, 2 * plane] : [2 * plane, plane, 0]
  for (let y = 0, at = 0; y < height; y++) {
    for (let out = y * to.width; out < y * to.width + width; out++, at += CHANNELS) {
      data[red + out] = values[pixels[at]!]!
      data[green + out] = values[pixels[at + 1]!]!
      data[blue + out] = values[pixels[at + 2]!]!
    }
  }
  return { dtype: 'float32', shape: [1, CHANNELS, to.height, to.width], data }
}
