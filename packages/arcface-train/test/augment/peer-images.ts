import { readFileSync } from 'node:fs'
import type { Pixels } from '@tiny-face/image-stream'

type Named = Record<string, number[]>

/** What OpenCV and Pillow make of a small image: see peer-images.py. */
export const PEERS = JSON.parse(readFileSync(new URL('peer-images.json', import.meta.url), 'utf8')) as {
  height: number
  width: number
  pixels: number[]
  crop: number[]
  grey: number[]
  smaller: Named
  larger: Named
  blur: Named
  rotate: Named
  brightness: Named
  contrast: Named
  saturation: Named
}

export const IMAGE: Pixels = { pixels: Uint8Array.from(PEERS.pixels), height: PEERS.height, width: PEERS.width }

/** The largest difference of a value. */
export function difference({ pixels }: Pixels, expected: readonly number[]): number {
  if (pixels.length !== expected.length) throw new Error(`${pixels.length} values in place of ${expected.length}`)
  return expected.reduce((most, value, i) => Math.max(most, Math.abs(value - pixels[i]!)), 0)
}
