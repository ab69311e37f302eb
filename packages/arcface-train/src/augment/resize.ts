/**
 * Resizing as OpenCV's `resize` defines it (modules/imgproc/src/resize.cpp): no kernel is widened where an image shrinks, but that
 * of `area`; beyond the border the outermost pixel goes on. OpenCV computes in fixed point: a value may differ by 1.
 */
import type { Pixels } from '@tiny-face/image-stream'
import { resample, type Taps } from './resample.js'

/** Where place `to` of the new row begins in the old one, and the weights of it and those behind it; `scale`: old to new size. */
export type Interpolation = (to: number, scale: number) => { first: number; weights: readonly number[] }

export const nearest: Interpolation = (to, scale) => ({ first: Math.floor(to * scale), weights: [1] })

export const linear: Interpolation = (to, scale) => {
  const { whole, part } = centre(to, scale)
  return { first: whole, weights: [1 - part, part] }
}

/** Keys 1981, with a = -0.75. */
export const cubic: Interpolation = (to, scale) => {
  const { whole, part } = centre(to, scale)
  const a = -0.75
  const near = (x: number) => ((a + 2) * x - (a + 3)) * x * x + 1
  const far = (x: number) => ((a * x - 5 * a) * x + 8 * a) * x - 4 * a
  return { first: whole - 1, weights: [far(1 + part), near(part), near(1 - part), far(2 - part)] }
}

/** Lanczos' kernel over eight pixels, its weights made to sum to 1. */
export const lanczos4: Interpolation = (to, scale) => {
  const { whole, part } = centre(to, scale)
  const sinc = (x: number) => (x === 0 ? 1 : Math.sin(Math.PI * x) / (Math.PI * x))
  const weights = Array.from({ length: 8 }, (_, k) => k - 3 - part).map(x => sinc(x) * sinc(x / 4))
  const sum = weights.reduce((total, weight) => total + weight, 0)
  return { first: whole - 3, weights: weights.map(weight => weight / sum) }
}

/** The mean of what a new pixel covers; where an image grows, linear between the old pixels' edges. */
export const area: Interpolation = (to, scale) => {
  if (scale < 1) {
    const whole = Math.floor(to * scale)
    const part = Math.max(0, to + 1 - (whole + 1) / scale)
    return { first: whole, weights: [1 - part, part] }
  }
  const [from, until] = [to * scale, (to + 1) * scale]
  const first = Math.floor(from)
  const covered = Array.from({ length: Math.ceil(until) - first }, (_, k) => first + k)
  return { first, weights: covered.map(x => (Math.min(until, x + 1) - Math.max(from, x)) / scale) }
}

export const INTERPOLATIONS: readonly Interpolation[] = [nearest, linear, area, cubic, lanczos4]

/** An image of `height` x `width` pixels. */
export function resize(
  image: Pixels,
  { height, width }: { height: number; width: number },
  interpolation: Interpolation,
): Pixels {
  const across = tapsOf(interpolation, image.width, width)
  const isSquare = image.width === image.height && width === height
  return resample(image, across, isSquare ? across : tapsOf(interpolation, image.height, height))
}

/** How a new row of `size` is made of the `oldSize` places of an old one from `start` on. */
export function tapsOf(interpolation: Interpolation, oldSize: number, size: number, start = 0): Taps {
  const places = Array.from({ length: size }, (_, to) => interpolation(to, oldSize / size))
  const count = places.reduce((most, { weights }) => Math.max(most, weights.length), 0)
  const sources = new Int32Array(size * count).fill(start)
  const weights = new Float32Array(size * count)
  for (const [to, place] of places.entries()) {
    for (const [k, weight] of place.weights.entries()) {
      sources[to * count + k] = start + Math.min(Math.max(place.first + k, 0), oldSize - 1)
      weights[to * count + k] = weight
    }
  }
  return { count, sources, weights }
}

/** Where the centre of a new pixel lies between the centres of old ones. */
function centre(to: number, scale: number): { whole: number; part: number } {
  const at = (to + 0.5) * scale - 0.5
  const whole = Math.floor(at)
  return { whole, part: at - whole }
}
