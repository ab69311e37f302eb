/** Faces that the project draws itself: cartoons whose person shows in shapes and colours, never in light or background. */
import { mkdirSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import sharp from 'sharp'
import { drawIdentity } from './draw-identity.js'
import { drawView, type View } from './draw-view.js'
import { faceSvg } from './face-svg.js'
import { randomFrom } from './random.js'

export interface FaceOptions {
  /** Which person, from 0. */
  identity: number
  /** Which of the person's pictures, from 0. */
  view: number
  /** Pixels a side. */
  size: number
  seed: number
}

export interface DrawnFace {
  /** RGB, uint8 `[height, width, 3]`. */
  pixels: Uint8Array
  height: number
  width: number
}

/** One picture: a pure function of the options. */
export async function drawFace({ identity, view, size, seed }: FaceOptions): Promise<DrawnFace> {
  const seen = drawView(identity, view, seed)
  const svg = faceSvg(drawIdentity(identity, seed), seen, size)
  const { data } = await sharp(Buffer.from(svg)).removeAlpha().raw().toBuffer({ resolveWithObject: true })
  return { pixels: photographed(data, seen), height: size, width: size }
}

export interface FacesOptions {
  people: number
  /** Pictures of each. */
  views: number
  /** Pixels a side. */
  size: number
  seed: number
  /** The folder to write: `out/person-000/view-000.png` …, as image-dump reads it. */
  out: string
}

/** Writes a folder per person, PNG. */
export async function drawFaces({ people, views, size, seed, out }: FacesOptions): Promise<void> {
  for (let identity = 0; identity < people; identity++) {
    const folder = join(out, `person-${threeDigits(identity)}`)
    mkdirSync(folder, { recursive: true })
    for (let view = 0; view < views; view++) {
      const { pixels } = await drawFace({ identity, view, size, seed })
      const png = await sharp(pixels, { raw: { width: size, height: size, channels: 3 } })
        .png()
        .toBuffer()
      writeFileSync(join(folder, `view-${threeDigits(view)}.png`), png)
    }
  }
}

/** Different values of noise that a picture's pixels get. */
const GRAINS = 1024

/** What a camera adds: exposure, white balance, noise. */
function photographed(drawn: Uint8Array, { brightness, warmth, noise, noiseSeed }: View): Uint8Array {
  const random = randomFrom(noiseSeed)
  const gains = [brightness * (1 + warmth), brightness, brightness * (1 - warmth)]
  const grain = Float32Array.from({ length: GRAINS }, () => random.near(0, noise))
  const pixels = new Uint8Array(drawn.length)
  for (let i = 0; i < drawn.length; i++) {
    const value = drawn[i]! * gains[i % 3]! + grain[random.whole(0, GRAINS - 1)]!
    pixels[i] = Math.max(0, Math.min(255, Math.round(value)))
  }
  return pixels
}

function threeDigits(value: number): string {
  return String(value).padStart(3, '0')
}
