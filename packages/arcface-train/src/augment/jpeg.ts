import { decodeImage, encodeJpeg, type Pixels } from '@tiny-face/image-stream'
import type { Random, Range } from './random.js'

export interface JpegOptions {
  /** libjpeg's quality, 1 to 100. */
  readonly quality: Range
}

export function drawQuality(random: Random, { quality }: JpegOptions): number {
  return random.whole(quality)
}

/** What a JPEG of that quality keeps of the image. */
export async function jpeg(image: Pixels, quality: number): Promise<Pixels> {
  return decodeImage(await encodeJpeg(image, quality))
}
