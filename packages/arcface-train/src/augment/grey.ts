import type { Pixels } from '@tiny-face/image-stream'

/** How bright a colour is by ITU-R BT.601, in the fixed point of Pillow's `convert('L')`: 0 to 255. */
export function luma(red: number, green: number, blue: number): number {
  return (red * 19595 + green * 38470 + blue * 7471 + 0x8000) >> 16
}

/** The image without colour: three equal channels. */
export function grey({ pixels, height, width }: Pixels): Pixels {
  const greyed = new Uint8Array(pixels.length)
  for (let i = 0; i < pixels.length; i += 3) {
    const value = luma(pixels[i]!, pixels[i + 1]!, pixels[i + 2]!)
    for (let channel = i; channel < i + 3; channel++) greyed[channel] = value
  }
  return { pixels: greyed, height, width }
}
