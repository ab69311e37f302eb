import type { Pixels, Window } from '@tiny-face/image-stream'
import { CHANNELS } from '../detect/resize-area.js'

/** A part of a picture `[height, width, 3]`, of its own bytes. @param window within the picture */
export function part(picture: Pixels, { left, top, width, height }: Window): Pixels {
  const pixels = new Uint8Array(height * width * CHANNELS)
  for (let y = 0; y < height; y++) {
    const start = ((top + y) * picture.width + left) * CHANNELS
    pixels.set(picture.pixels.subarray(start, start + width * CHANNELS), y * width * CHANNELS)
  }
  return { pixels, height, width }
}
