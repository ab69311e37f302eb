import { drawFace } from '@tiny-face/drawn-faces'
import { mirror, type Pixels } from '@tiny-face/image-stream'
import sharp from 'sharp'
import { test } from 'tap'
import { FINGERPRINT_SIZE, fingerprint } from '../../src/look-alikes/fingerprint.js'
import { MIRROR_SIGNS } from '../../src/look-alikes/mirror-signs.js'

const face = await drawFace({ identity: 1, view: 0, size: 112, seed: 3 })

/** The definition, written out: one cosine transform for each value, straight from the pixels. */
function slowFingerprint({ pixels, height, width }: Pixels): number[] {
  const pairs: [number, number][] = []
  for (let v = 0; v < 20; v++) for (let u = 0; u < 20; u++) if (u + v > 0) pairs.push([u, v])
  pairs.sort(([u, v], [s, t]) => u * u + v * v - (s * s + t * t) || v - t)
  const values = pairs.slice(0, FINGERPRINT_SIZE).map(([u, v]) => {
    let sum = 0
    for (let y = 0; y < height; y++) {
      for (let x = 0; x < width; x++) {
        const [r, g, b] = pixels.subarray(3 * (y * width + x))
        const cosine =
          Math.cos((Math.PI * u * (2 * x + 1)) / (2 * width)) * Math.cos((Math.PI * v * (2 * y + 1)) / (2 * height))
        sum += (0.299 * r! + 0.587 * g! + 0.114 * b!) * cosine
      }
    }
    return sum * (u === 0 ? 1 : Math.SQRT2) * (v === 0 ? 1 : Math.SQRT2)
  })
  const length = Math.sqrt(values.reduce((sum, value) => sum + value * value, 0))
  return values.map((value, i) => {
    const level = ((value / length) * Math.hypot(...pairs[i]!) * 127) / 1.5
    return Math.max(-127, Math.min(127, level))
  })
}

function largestDifference(a: ArrayLike<number>, b: ArrayLike<number>): number {
  return Math.max(...Array.from(a, (value, i) => Math.abs(value - b[i]!)))
}

async function pixelsOf(image: ReturnType<typeof sharp>): Promise<Pixels> {
  const { data, info } = await image.removeAlpha().raw().toBuffer({ resolveWithObject: true })
  return { pixels: new Uint8Array(data), height: info.height, width: info.width }
}

const open = ({ pixels, height, width }: Pixels) => sharp(pixels, { raw: { width, height, channels: 3 } })

test('is the lowest frequencies of the luma, whatever the picture’s size', async t => {
  for (const [width, height] of [
    [112, 112],
    [111, 97],
    [40, 65],
  ] as const) {
    const image = await pixelsOf(open(face).resize(width, height, { fit: 'fill' }))
    const values = fingerprint(image)!
    t.equal(values.length, 80)
    t.ok(largestDifference(values, slowFingerprint(image)) <= 0.5 + 1e-6, `${width}x${height}: rounded, nothing else`)
  }
})

test('hardly changes with size, brightness and contrast', async t => {
  const own = fingerprint(face)!
  const larger = fingerprint(await pixelsOf(open(face).resize(250, 250)))!
  t.ok(largestDifference(own, larger) <= 12, `${largestDifference(own, larger)}`)
  const darker = fingerprint({ ...face, pixels: face.pixels.map(value => 20 + value / 2) })!
  t.ok(largestDifference(own, darker) <= 1, `${largestDifference(own, darker)}`)
})

test('of the mirror image is known from the picture’s own', async t => {
  for (const size of [112, 75]) {
    const image = await pixelsOf(open(face).resize(size, 90, { fit: 'fill' }))
    const mirrored = fingerprint(mirror(image))!
    t.ok(
      largestDifference(
        mirrored,
        fingerprint(image)!.map((value, i) => value * MIRROR_SIGNS[i]!),
      ) <= 1,
    )
  }
  t.ok(MIRROR_SIGNS.includes(-1))
})

test('there is none of a picture of one colour', async t => {
  const grey = (level: (i: number) => number) => ({
    pixels: Uint8Array.from({ length: 3 * 32 * 32 }, (_, i) => level(i)),
    height: 32,
    width: 32,
  })
  t.equal(fingerprint(grey(() => 90)), undefined)
  t.equal(fingerprint(grey(i => 90 + (i % 2))), undefined)
  t.type(fingerprint(grey(i => (i < 1536 ? 80 : 100))), Int8Array)
})

test('of any size at all', async t => {
  for (const [width, height] of [
    [1, 1],
    [1, 50],
    [50, 1],
    [2, 3],
  ] as const) {
    const pixels = Uint8Array.from({ length: 3 * width * height }, (_, i) => (i * 89) % 256)
    const values = fingerprint({ pixels, height, width })
    t.ok(values === undefined || values.every(Number.isFinite), `${width}x${height}`)
  }
})
