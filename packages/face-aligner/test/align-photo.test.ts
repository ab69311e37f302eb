import type { Pixels } from '@tiny-face/image-stream'
import sharp from 'sharp'
import { test } from 'tap'
import { alignFace } from '../src/align/align-face.js'
import { alignPhoto } from '../src/align-photo.js'
import { DETECTION_SIDE } from '../src/detect/detection-size.js'
import { faceAt, fakeDetector, lookingRight } from './fake-detector.js'

/**
 * A photo, as PNG and as pixels: soft waves, of which what is reduced and what is not look alike; and in its lower half squares of 9 pixels, of
 * which they do not.
 */
async function photoOf(width: number, height: number): Promise<{ encoded: Buffer; pixels: Pixels }> {
  const pixels = new Uint8Array(width * height * 3)
  for (let i = 0; i < pixels.length; i++) {
    const [x, y] = [((i / 3) | 0) % width, Math.floor(i / 3 / width)]
    const square = y > height / 2 && (Math.floor(x / 9) + Math.floor(y / 9)) % 2 === 0 ? 80 : 0
    pixels[i] = 128 + 40 * Math.sin(x / 47 + (i % 3)) + 40 * Math.cos(y / 61) - square
  }
  const encoded = await sharp(pixels, { raw: { width, height, channels: 3 } })
    .png({ compressionLevel: 1 })
    .toBuffer()
  return { encoded, pixels: { pixels, width, height } }
}

const farthest = (one: Pixels, other: Pixels) =>
  Math.max(...one.pixels.map((value, i) => Math.abs(value - other.pixels[i]!)))

test('a photo that is not large is decoded as it is', async t => {
  const { encoded, pixels } = await photoOf(600, 400)
  const face = faceAt(200, 100, 60)
  const detector = fakeDetector([face])
  const { picture, found, faces, rejects } = await alignPhoto(encoded, detector)
  t.strictSame([picture, found, rejects, detector.seen], [{ width: 600, height: 400 }, 1, [], [picture]])
  t.equal(farthest(faces[0]!.aligned, alignFace(pixels, face.points, { size: 112, template: 'arcface' })), 0)
  t.strictSame([faces[0]!.box, faces[0]!.points, faces[0]!.score], [face.box, face.points, face.score])
  t.ok(Math.abs(faces[0]!.measures.eyes - 60) < 0.1)
  const { faces: same } = await alignPhoto(pixels, fakeDetector([face]))
  t.equal(farthest(same[0]!.aligned, faces[0]!.aligned), 0, 'the same from its pixels')
})

test('of a large photo, faces are aligned from the reduced one where that has enough of them', async t => {
  const { encoded, pixels } = await photoOf(3000, 2000)
  const small = faceAt(2100, 1200, 50)
  const middle = faceAt(200, 1300, 90)
  const large = faceAt(300, 10, 300)
  const detector = fakeDetector([small, middle, large], pixels)
  const { picture, faces } = await alignPhoto(encoded, detector, { faces: 'all' })
  t.strictSame(picture, { width: 3000, height: 2000 })
  t.strictSame(detector.seen, [{ width: DETECTION_SIDE, height: 427 }])
  const whole = [small, middle, large].map(({ points }) =>
    alignFace(pixels, points, { size: 112, template: 'arcface' }),
  )
  t.ok(
    farthest(faces[0]!.aligned, whole[0]!) <= 1,
    'a small face is that of the photo in full, but for how its points are rounded',
  )
  t.ok(farthest(faces[1]!.aligned, whole[1]!) <= 2, 'so is one that the reduced photo has too few pixels of')
  t.ok(farthest(faces[2]!.aligned, whole[2]!) <= 3, 'a large one is as it would be')
  for (const [i, face] of [small, middle, large].entries()) {
    const places = [...faces[i]!.box, ...faces[i]!.points.flat()]
    const wanted = [...face.box, ...face.points.flat()]
    t.ok(
      places.every((place, k) => Math.abs(place - wanted[k]!) < 1e-6),
      'places are those in the photo',
    )
  }
})

test('a face that insightface would not reduce is its norm_crop, pixel for pixel, however large the photo', async t => {
  const { encoded, pixels } = await photoOf(900, 600)
  const face = faceAt(300, 320, 60)
  const { faces } = await alignPhoto(encoded, fakeDetector([face], pixels))
  t.equal(farthest(faces[0]!.aligned, alignFace(pixels, face.points, { size: 112, template: 'arcface' })), 0)
})

test('faces are numbered by their score, and judged', async t => {
  const { encoded } = await photoOf(900, 600)
  const faces = [faceAt(410, 270, 30), lookingRight(faceAt(300, 50, 80)), faceAt(500, 300, 70)]
  const of = (options: Parameters<typeof alignPhoto>[2]) =>
    alignPhoto(encoded, fakeDetector(faces, { width: 900, height: 600 }), options)
  const summary = ({ faces, rejects }: Awaited<ReturnType<typeof alignPhoto>>) => [
    faces.map(({ index }) => index),
    rejects.map(({ reason, face }) => `${reason} ${face?.index}`),
  ]
  t.strictSame(summary(await of({ faces: 'all' })), [[1, 2, 3], []])
  t.strictSame(summary(await of({ faces: 'all', minSize: 100 })), [[2, 3], ['too small 1']])
  t.strictSame(summary(await of({ faces: 'all', maxYaw: 20 })), [[1, 3], ['turned away 2']])
  t.strictSame(summary(await of({})), [[2], []])
  // The second largest is another person: nobody asked for them.
  t.strictSame(summary(await of({ maxYaw: 20 })), [[], ['turned away 2']])
  t.strictSame(summary(await of({ faces: 'centre' })), [[1], []])
  const sharpness = (await of({ faces: 'all' })).faces.map(({ measures }) => measures.sharpness)
  const limit = [...sharpness].sort((a, b) => a - b)[1]!
  const { faces: left, rejects } = await of({ faces: 'all', minSharpness: limit })
  t.equal(left.length, 2)
  t.match(rejects, [{ reason: 'too blurred', face: { measures: { sharpness: Math.min(...sharpness) } } }])
})

test('no face', async t => {
  const { encoded } = await photoOf(300, 200)
  t.match(await alignPhoto(encoded, fakeDetector([])), { found: 0, faces: [], rejects: [{ reason: 'no face' }] })
})

test("the template's own size, and another", async t => {
  const { encoded } = await photoOf(300, 200)
  const sizes = [{}, { template: 'dlib' }, { size: 64 }, { size: 96, template: 'dlib' }] as const
  const found = await Promise.all(
    sizes.map(options => alignPhoto(encoded, fakeDetector([faceAt(50, 20, 40)]), options)),
  )
  t.strictSame(
    found.map(({ faces }) => faces[0]!.aligned.pixels.length),
    [112, 150, 64, 96].map(size => size * size * 3),
  )
})

test('a photo that is damaged, and one that is none', async t => {
  const { encoded } = await photoOf(300, 200)
  const detector = fakeDetector([faceAt(50, 20, 40)])
  await t.rejects(alignPhoto(encoded.subarray(0, 5000), detector), { message: /^expected a whole image, found/ })
  await t.rejects(alignPhoto(Buffer.from('no photo'), detector), { message: /^expected a photo \(JPEG/ })
})
