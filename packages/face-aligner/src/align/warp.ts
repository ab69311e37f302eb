import type { Pixels } from '@tiny-face/image-stream'
import { CHANNELS } from '../detect/resize-area.js'
import type { Similarity } from './similarity.js'

/** Between two pixels there are so many places. */
const PLACES = 32
/** Whole numbers stand for coordinates: so many for a pixel. */
const FINE = 1024

/**
 * The square of `size` x `size` pixels that a similarity makes of a picture `[height, width, 3]`: to each of its pixels, the place in
 * the picture that it comes from, between four pixels (bilinear); black beyond the picture.
 *
 * Pixel for pixel OpenCV 4's warpAffine (INTER_LINEAR, BORDER_CONSTANT 0; modules/imgproc/src/imgwarp.cpp), with which the field's
 * training sets were aligned: coordinates in 1/1024 of a pixel, rounded to 1/32. OpenCV 5 does not round them.
 */
export function warpSimilarity(picture: Pixels, similarity: Similarity, size: number): Pixels {
  const { width, height, pixels: source } = picture
  const [[xByX, xByY, x0], [yByX, yByY, y0]] = inverse(similarity)
  const along = (step: number) => Float64Array.from({ length: size }, (_, x) => roundHalfEven(step * x * FINE))
  const [xSteps, ySteps] = [along(xByX), along(yByX)]
  // Half of a place more, so that what follows rounds to the nearest one.
  const first = (step: number, start: number, y: number) => roundHalfEven((step * y + start) * FINE) + FINE / PLACES / 2
  const pixels = new Uint8Array(size * size * CHANNELS)
  for (let y = 0, out = 0; y < size; y++) {
    const [xFirst, yFirst] = [first(xByY, x0, y), first(yByY, y0, y)]
    for (let x = 0; x < size; x++, out += CHANNELS) {
      const placeX = Math.floor((xFirst + xSteps[x]!) / (FINE / PLACES))
      const placeY = Math.floor((yFirst + ySteps[x]!) / (FINE / PLACES))
      const [left, top] = [Math.floor(placeX / PLACES), Math.floor(placeY / PLACES)]
      if (left < -1 || top < -1 || left >= width || top >= height) continue
      const [right, below] = [placeX - left * PLACES, placeY - top * PLACES]
      const at = (top * width + left) * CHANNELS
      const down = width * CHANNELS
      // Of the four, those that are in the picture.
      const [isLeft, isRight, isTop, isBelow] = [left >= 0, left + 1 < width, top >= 0, top + 1 < height]
      for (let channel = 0; channel < CHANNELS; channel++) {
        const pixel = at + channel
        const topLeft = isTop && isLeft ? source[pixel]! : 0
        const topRight = isTop && isRight ? source[pixel + CHANNELS]! : 0
        const belowLeft = isBelow && isLeft ? source[pixel + down]! : 0
        const belowRight = isBelow && isRight ? source[pixel + down + CHANNELS]! : 0
        const upper = topLeft * (PLACES - right) + topRight * right
        const lower = belowLeft * (PLACES - right) + belowRight * right
        const sum = upper * (PLACES - below) + lower * below
        pixels[out + channel] = (sum + (PLACES * PLACES) / 2) / (PLACES * PLACES)
      }
    }
  }
  return { pixels, height: size, width: size }
}

type Row = readonly [byX: number, byY: number, start: number]

/** The way back, as warpAffine reckons it: by the same steps, so that its rounding is the same. */
function inverse({ a, b, x0, y0 }: Similarity): [Row, Row] {
  const determinant = 1 / (a * a + b * b)
  const [scaled, turned] = [a * determinant, b * determinant]
  return [
    [scaled, turned, -scaled * x0 - turned * y0],
    [-turned, scaled, turned * x0 - scaled * y0],
  ]
}

function roundHalfEven(value: number): number {
  const rounded = Math.round(value)
  return rounded - value === 0.5 && rounded % 2 !== 0 ? rounded - 1 : rounded
}
