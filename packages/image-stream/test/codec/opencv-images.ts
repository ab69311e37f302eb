import { readFileSync } from 'node:fs'

/** What opencv-images.py wrote: an encoded image, and the RGB that OpenCV makes of it. */
export interface OpencvImage {
  name: string
  height: number
  width: number
  image: Uint8Array
  pixels: Uint8Array
}

const fixtures: (Omit<OpencvImage, 'image' | 'pixels'> & { image: string; pixels: string })[] = JSON.parse(
  readFileSync(new URL('./opencv-images.json', import.meta.url), 'utf8'),
)

export const opencvImages: OpencvImage[] = fixtures.map(({ image, pixels, ...rest }) => ({
  ...rest,
  image: new Uint8Array(Buffer.from(image, 'base64')),
  pixels: new Uint8Array(Buffer.from(pixels, 'base64')),
}))

export function opencvImage(name: string): OpencvImage {
  return opencvImages.find(image => image.name === name)!
}
