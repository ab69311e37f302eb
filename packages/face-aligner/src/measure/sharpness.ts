import type { Pixels } from '@tiny-face/image-stream'
import { CHANNELS } from '../detect/resize-area.js'

/**
 * How sharp a picture `[height, width, 3]` is: the variance of the Laplacian of its grey (Pech-Pacheco, Cristóbal, Chamorro-Martínez and
 * Fernández-Valdivia, "Diatom autofocusing in brightfield microscopy: a comparative study", 2000), as
 * `cv2.Laplacian(grey, cv2.CV_64F).var()` has it. 0 where nothing is to be seen; figures of pictures of one size can be compared, others cannot.
 */
export function sharpnessOf(picture: Pixels): number {
  const { width, height } = picture
  const grey = greyOf(picture)
  // Beyond the edge the picture is seen as in a mirror that stands on its last pixels.
  const mirrored = (at: number, length: number) =>
    Math.min(length - 1, Math.abs(at < length ? at : 2 * length - 2 - at))
  let [sum, squares] = [0, 0]
  for (let y = 0; y < height; y++) {
    const [above, row, below] = [y - 1, y, y + 1].map(at => mirrored(at, height) * width) as [number, number, number]
    for (let x = 0; x < width; x++) {
      const beside = grey[row + mirrored(x - 1, width)]! + grey[row + mirrored(x + 1, width)]!
      const laplacian = grey[above + x]! + grey[below + x]! + beside - 4 * grey[row + x]!
      sum += laplacian
      squares += laplacian * laplacian
    }
  }
  const count = width * height
  return squares / count - (sum / count) ** 2
}

/** Grey as OpenCV's cvtColor has it: 0.299 red, 0.587 green, 0.114 blue, in parts of 2^15. */
function greyOf({ pixels }: Pixels): Uint8Array {
  const grey = new Uint8Array(pixels.length / CHANNELS)
  for (let i = 0, at = 0; i < grey.length; i++, at += CHANNELS) {
    grey[i] = (9798 * pixels[at]! + 19235 * pixels[at + 1]! + 3735 * pixels[at + 2]! + (1 << 14)) >> 15
  }
  return grey
}
