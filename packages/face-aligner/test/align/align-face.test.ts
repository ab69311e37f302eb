import type { Pixels } from '@tiny-face/image-stream'
import { test } from 'tap'
import { alignFace } from '../../src/align/align-face.js'
import { mapPoints, templatePoints } from '../../src/align/template.js'

const target = { size: 112, template: 'arcface' } as const
const template = templatePoints('arcface', 112)

function draw(width: number, height: number, value: (x: number, y: number) => number): Pixels {
  const pixels = new Uint8Array(width * height * 3)
  for (let i = 0; i < width * height; i++) pixels.fill(value(i % width, Math.floor(i / width)), 3 * i, 3 * i + 3)
  return { pixels, width, height }
}

test('a face that is large in its photo is averaged, where taking pixels here and there would make up stripes', async t => {
  for (const [factor, period] of [
    [3, 3],
    [4, 2],
    [4.7, 2],
    [9, 4],
  ] as const) {
    // Black and white lines, finer than a pixel of the aligned face: grey.
    const lines = draw(112 * 10, 112 * 10, x => (x % period < period / 2 ? 255 : 0))
    const points = mapPoints(template, ([x, y]) => [x * factor + 20, y * factor + 30])
    const { pixels } = alignFace(lines, points, target)
    const inner = pixels.filter((_, i) => i % 336 > 30 && i % 336 < 300 && i > 336 * 10 && i < 336 * 100)
    const mean = inner.reduce((sum, value) => sum + value, 0) / inner.length
    const farthest = Math.max(...inner.map(value => Math.abs(value - mean)))
    t.ok(farthest < 64, `${factor} times as large: at most ${farthest.toFixed()} levels from grey`)
  }
})

test('averaging moves nothing', async t => {
  // Dark on one side and light on the other, with 9 levels a pixel of the aligned face between.
  const slope = (along: number) => Math.max(0, Math.min(255, 128 + 9 * (along - 56)))
  for (const [axis, of] of [
    ['across', (x: number, _: number) => x],
    ['down', (_: number, y: number) => y],
  ] as const) {
    const small = alignFace(
      draw(112, 112, (x, y) => slope(of(x, y))),
      template,
      target,
    )
    for (const factor of [2.5, 3, 4.5, 9]) {
      // The middle of the aligned face's first pixel is that of the factor x factor pixels of the photo that it is made of.
      const inAligned = (place: number) => (place - 20 + 0.5) / factor - 0.5
      const photo = draw(112 * 10, 112 * 10, (x, y) => slope(of(inAligned(x), inAligned(y))))
      const inPhoto = (place: number) => (place + 0.5) * factor - 0.5 + 20
      const points = mapPoints(template, ([x, y]) => [inPhoto(x), inPhoto(y)])
      const { pixels } = alignFace(photo, points, target)
      const shifts = pixels.map((value, i) => Math.abs(value - small.pixels[i]!)).filter((_, i) => isSloping(small, i))
      t.ok(Math.max(...shifts) <= 2, `${axis}, ${factor} times as large: at most ${Math.max(...shifts)} levels away`)
    }
  }
})

function isSloping({ pixels }: Pixels, i: number): boolean {
  return pixels[i]! > 20 && pixels[i]! < 235
}

test('a face at the edge of its photo, and one beyond it', async t => {
  const white = draw(700, 700, () => 255)
  const atEdge = alignFace(
    white,
    mapPoints(template, ([x, y]) => [x * 4 - 224, y * 4]),
    target,
  )
  const row = Array.from({ length: 112 }, (_, x) => atEdge.pixels[(56 * 112 + x) * 3]!)
  t.ok(
    row.slice(0, 55).every(value => value === 0) && row.slice(58).every(value => value === 255),
    'half of it is black',
  )
  const beyond = alignFace(
    white,
    mapPoints(template, ([x, y]) => [x * 4 - 5000, y * 4]),
    target,
  )
  t.ok(beyond.pixels.every(value => value === 0))
})
