import type { Pixels } from '@tiny-face/image-stream'
import type { Random } from './random.js'

export interface TranslateOptions {
  /** Moved by at most this share of the side, in either direction of both. */
  readonly shift: number
}

export interface Shift {
  /** Pixels to the right and downward. */
  readonly right: number
  readonly down: number
}

export function drawShift(random: Random, { shift }: TranslateOptions, { height, width }: Pixels): Shift {
  const [most, farthest] = [Math.round(shift * width), Math.round(shift * height)]
  return { right: random.whole([-most, most]), down: random.whole([-farthest, farthest]) }
}

/** The image moved by whole pixels; what comes in from outside is black. */
export function translate({ pixels, height, width }: Pixels, { right, down }: Shift): Pixels {
  const moved = new Uint8Array(pixels.length)
  const [left, kept] = [Math.max(0, -right), Math.max(0, width - Math.abs(right))]
  for (let row = Math.max(0, -down); row < Math.min(height, height - down); row++) {
    const from = (row * width + left) * 3
    const to = ((row + down) * width + left + right) * 3
    moved.set(pixels.subarray(from, from + kept * 3), to)
  }
  return { pixels: moved, height, width }
}
