import type { Pixels } from '@tiny-face/image-stream'
import type { TypedTensor } from '@tiny-face/onnx-session'
import type { Size } from './detection-size.js'
import { CHANNELS } from './resize-area.js'

/** How a network wants its pictures. */
export interface PlanarForm {
  /** Which of red, green and blue (0, 1, 2) each plane holds. */
  readonly channels: readonly [number, number, number]
  /** What a pixel's value, 0 to 255, becomes. */
  readonly values: Float32Array
}

/**
 * A picture as the input of a network that works in planes: float32 `[1, 3, height, width]`, black to the right of and below the picture.
 *
 * @param to at least the picture's size
 */
export function planarInput(
  { pixels, width, height }: Pixels,
  to: Size,
  { channels, values }: PlanarForm,
): TypedTensor {
  const plane = to.width * to.height
  const data = new Float32Array(CHANNELS * plane)
  if (values[0] !== 0) data.fill(values[0]!)
  const [first, second, third] = channels
  for (let y = 0, at = 0; y < height; y++) {
    for (let out = y * to.width; out < y * to.width + width; out++, at += CHANNELS) {
      data[out] = values[pixels[at + first]!]!
      data[plane + out] = values[pixels[at + second]!]!
      data[2 * plane + out] = values[pixels[at + third]!]!
    }
  }
  return { dtype: 'float32', shape: [1, CHANNELS, to.height, to.width], data }
}
