import type { Pixels } from '@tiny-face/image-stream'

/** What each place of a new row (or column) is made of: `count` places of the old one, and the weight of each. */
export interface Taps {
  readonly count: number
  /** `[places, count]`. */
  readonly sources: Int32Array
  /** `[places, count]`. */
  readonly weights: Float32Array
}

/** An image whose rows and columns are weighted sums of another's: what resizing and blurring have in common. */
export function resample({ pixels, width }: Pixels, across: Taps, down: Taps): Pixels {
  const newWidth = across.sources.length / across.count
  const newHeight = down.sources.length / down.count
  const stride = width * 3
  const row = new Float64Array(stride)
  // Rounds half to even and holds to 0 … 255 by itself.
  const resampled = new Uint8ClampedArray(newHeight * newWidth * 3)
  for (let y = 0, to = 0; y < newHeight; y++) {
    sumOfRows(row, pixels, down, y)
    for (let x = 0, tap = 0; x < newWidth; x++, to += 3) {
      let red = 0
      let green = 0
      let blue = 0
      for (const end = tap + across.count; tap < end; tap++) {
        const from = across.sources[tap]! * 3
        const weight = across.weights[tap]!
        red += weight * row[from]!
        green += weight * row[from + 1]!
        blue += weight * row[from + 2]!
      }
      resampled[to] = red
      resampled[to + 1] = green
      resampled[to + 2] = blue
    }
  }
  return { pixels: new Uint8Array(resampled.buffer), height: newHeight, width: newWidth }
}

/** The old image's rows that the taps of new row `y` name, weighted and added up: two rows at a time, so that sums are stored half as often. */
function sumOfRows(row: Float64Array, pixels: Uint8Array, down: Taps, y: number): void {
  const stride = row.length
  const end = (y + 1) * down.count
  row.fill(0)
  for (let tap = y * down.count; tap < end; tap += 2) {
    const weight = down.weights[tap]!
    const nextWeight = tap + 1 < end ? down.weights[tap + 1]! : 0
    const from = down.sources[tap]! * stride
    if (nextWeight === 0) {
      for (let i = 0; i < stride; i++) row[i]! += weight * pixels[from + i]!
      continue
    }
    const next = down.sources[tap + 1]! * stride
    for (let i = 0; i < stride; i++) row[i] = row[i]! + weight * pixels[from + i]! + nextWeight * pixels[next + i]!
  }
}
