import type { Sharp } from 'sharp'
import type { Pixels } from './pixels.js'

/**
 * The RGB of a JPEG in cyan, magenta, yellow and black, `[height, width, 3]`, as OpenCV reckons it (icvCvt_CMYK2BGR_8u_C4C3R): it takes the
 * inks of every such file as inverted, as Adobe writes them, and no colour profile. libvips gives them as inks, 255 for full.
 */
export async function cmykToRgb(image: Sharp): Promise<Pixels> {
  const inks = image.pipelineColourspace('cmyk').toColourspace('cmyk').raw()
  const { data, info } = await inks.toBuffer({ resolveWithObject: true })
  const pixels = new Uint8Array(info.width * info.height * 3)
  for (let from = 0, to = 0; to < pixels.length; from += 4, to += 3) {
    const white = 255 - data[from + 3]!
    for (let ink = 0; ink < 3; ink++) pixels[to + ink] = white - ((data[from + ink]! * white) >> 8)
  }
  return { pixels, height: info.height, width: info.width }
}
