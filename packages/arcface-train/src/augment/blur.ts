import type { Pixels } from '@tiny-face/image-stream'
import type { Random, Range } from './random.js'
import { resample, type Taps } from './resample.js'

export interface BlurOptions {
  /** The Gaussian's standard deviation in pixels, over 0. */
  readonly sigma: Range
}

export function drawSigma(random: Random, { sigma }: BlurOptions): number {
  return random.uniform(sigma)
}

/** The image under a Gaussian of three standard deviations to each side; beyond the border the image is mirrored at its last pixel. */
export function blur(image: Pixels, sigma: number): Pixels {
  return resample(image, tapsOf(image.width, sigma), tapsOf(image.height, sigma))
}

function tapsOf(size: number, sigma: number): Taps {
  const radius = Math.ceil(3 * sigma)
  const count = 2 * radius + 1
  const kernel = Array.from({ length: count }, (_, k) => Math.exp(-(((k - radius) / sigma) ** 2) / 2))
  const sum = kernel.reduce((total, weight) => total + weight, 0)
  const sources = new Int32Array(size * count)
  const weights = new Float32Array(size * count)
  for (let to = 0; to < size; to++) {
    for (let k = 0; k < count; k++) {
      sources[to * count + k] = mirrored(to + k - radius, size)
      weights[to * count + k] = kernel[k]! / sum
    }
  }
  return { count, sources, weights }
}

/** A place of 0 … size - 1: …, 2, 1, 0, 1, 2, … */
function mirrored(place: number, size: number): number {
  const period = Math.max(1, 2 * (size - 1))
  const within = ((place % period) + period) % period
  return within < size ? within : period - within
}
