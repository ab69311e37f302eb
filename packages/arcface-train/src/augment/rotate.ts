import type { Pixels } from '@tiny-face/image-stream'
import type { Random } from './random.js'

export interface RotateOptions {
  /** Turned by at most so many, to either side. */
  readonly degrees: number
}

export function drawAngle(random: Random, { degrees }: RotateOptions): number {
  return random.uniform([-degrees, degrees])
}

/** The image turned counterclockwise about its middle, by linear interpolation; what comes in from outside is black. */
export function rotate({ pixels, height, width }: Pixels, degrees: number): Pixels {
  const radians = (degrees * Math.PI) / 180
  const [sine, cosine] = [Math.sin(radians), Math.cos(radians)]
  const [middleX, middleY] = [(width - 1) / 2, (height - 1) / 2]
  const rotated = new Uint8ClampedArray(pixels.length)
  for (let y = 0, to = 0; y < height; y++) {
    for (let x = 0; x < width; x++, to += 3) {
      const fromX = middleX + cosine * (x - middleX) - sine * (y - middleY)
      const fromY = middleY + sine * (x - middleX) + cosine * (y - middleY)
      const [left, top] = [Math.floor(fromX), Math.floor(fromY)]
      const [partX, partY] = [fromX - left, fromY - top]
      let [red, green, blue] = [0, 0, 0]
      for (let corner = 0; corner < 4; corner++) {
        const [column, row] = [left + (corner & 1), top + (corner >> 1)]
        if (column < 0 || column >= width || row < 0 || row >= height) continue
        const weight = (corner & 1 ? partX : 1 - partX) * (corner >> 1 ? partY : 1 - partY)
        const from = (row * width + column) * 3
        red += weight * pixels[from]!
        green += weight * pixels[from + 1]!
        blue += weight * pixels[from + 2]!
      }
      rotated[to] = red
      rotated[to + 1] = green
      rotated[to + 2] = blue
    }
  }
  return { pixels: new Uint8Array(rotated.buffer), height, width }
}
