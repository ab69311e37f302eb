import { channelsOf, type Pixels } from './pixels.js'

/** The image seen in a mirror: columns from right to left. */
export function mirror({ pixels, height, width }: Pixels): Pixels {
  const channels = channelsOf({ pixels, height, width })
  const mirrored = new Uint8Array(pixels.length)
  for (let row = 0; row < height; row++) {
    for (let column = 0; column < width; column++) {
      const from = (row * width + column) * channels
      const to = (row * width + width - 1 - column) * channels
      for (let channel = 0; channel < channels; channel++) mirrored[to + channel] = pixels[from + channel]!
    }
  }
  return { pixels: mirrored, height, width }
}
