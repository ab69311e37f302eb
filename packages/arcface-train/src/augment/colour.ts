/** Colour jitter as torchvision's ColorJitter on a Pillow image: brightness, contrast and saturation, in a random order. */
import type { Pixels } from '@tiny-face/image-stream'
import { luma } from './grey.js'
import type { Random } from './random.js'

export interface ColourOptions {
  /** Each factor lies between 1 - this and 1 + this, 0 to 1. */
  readonly brightness: number
  readonly contrast: number
  readonly saturation: number
}

export type Adjustment = 'brightness' | 'contrast' | 'saturation'

/** Adjustments in the order in which they are made. */
export type Jitter = readonly { readonly adjustment: Adjustment; readonly factor: number }[]

export function drawJitter(random: Random, options: ColourOptions): Jitter {
  const factors = (['brightness', 'contrast', 'saturation'] as const).map(adjustment => ({
    adjustment,
    factor: random.uniform([1 - options[adjustment], 1 + options[adjustment]]),
  }))
  const first = factors.splice(random.whole([0, 2]), 1)
  return [...first, ...factors.splice(random.whole([0, 1]), 1), ...factors]
}

export function jitter({ pixels, height, width }: Pixels, changes: Jitter): Pixels {
  const changed = new Uint8Array(pixels)
  for (const { adjustment, factor } of changes) ADJUST[adjustment](changed, factor)
  return { pixels: changed, height, width }
}

const ADJUST: Record<Adjustment, (pixels: Uint8Array, factor: number) => void> = {
  brightness: (pixels, factor) => blendWith(0, pixels, factor),
  contrast: (pixels, factor) => blendWith(meanLuma(pixels), pixels, factor),
  saturation(pixels, factor) {
    // By how far a value lies from its base, -255 to 255: one product for each difference instead of one for each value.
    const beyond = Float32Array.from({ length: 511 }, (_, i) => Math.fround(factor) * (i - 255))
    for (let i = 0; i < pixels.length; i += 3) {
      const base = luma(pixels[i]!, pixels[i + 1]!, pixels[i + 2]!)
      for (let channel = i; channel < i + 3; channel++)
        pixels[channel] = cutOff(base + beyond[pixels[channel]! - base + 255]!)
    }
  },
}

function blendWith(base: number, pixels: Uint8Array, factor: number): void {
  const table = Uint8Array.from({ length: 256 }, (_, value) => blend(base, value, factor))
  for (let i = 0; i < pixels.length; i++) pixels[i] = table[pixels[i]!]!
}

/** From a base (factor 0) by way of the value itself (1) beyond it; in 32 bits and cut off as Pillow's `Image.blend` does. */
function blend(base: number, value: number, factor: number): number {
  return cutOff(base + Math.fround(Math.fround(factor) * (value - base)))
}

function cutOff(blended: number): number {
  const value = Math.fround(blended)
  return value <= 0 ? 0 : value >= 255 ? 255 : Math.trunc(value)
}

/** Rounded, as Pillow's ImageEnhance.Contrast takes it. */
function meanLuma(pixels: Uint8Array): number {
  let sum = 0
  for (let i = 0; i < pixels.length; i += 3) sum += luma(pixels[i]!, pixels[i + 1]!, pixels[i + 2]!)
  return Math.floor((sum * 3) / pixels.length + 0.5)
}
