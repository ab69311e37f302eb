import { readFileSync } from 'node:fs'
import t from 'tap'
import { resample, resizeArea } from '../../src/detect/resize-area.js'

interface Case {
  from: [width: number, height: number]
  to: [width: number, height: number]
  rounded?: number[]
  exact: number[]
}

/** What cv2.resize makes of the same pictures: tools/peers/resize-opencv.py. */
const CASES: Case[] = JSON.parse(readFileSync(new URL('resized.json', import.meta.url), 'utf8'))
const EVERY = 9

for (const { from, to, rounded, exact } of CASES) {
  const [[width, height], [toWidth, toHeight]] = [from, to]
  const picture = drawn(width, height)
  const size = { width: toWidth, height: toHeight }
  t.test(`${from.join('x')} to ${to.join('x')} as OpenCV`, async t => {
    if (rounded !== undefined) t.same([...resizeArea(picture, size).pixels], rounded)
    const values = resampled(picture, { left: 0, top: 0, width, height }, size)
    const largest = Math.max(...exact.map((value, i) => Math.abs(value - values[EVERY * i]!)))
    t.ok(largest < 1e-8, `differs by ${largest}`)
  })
}

t.test('a window that reaches beyond the picture is black there', async t => {
  const picture = drawn(9, 7)
  const window = { left: -4, top: 2, width: 12, height: 9 }
  const copied = { pixels: new Uint8Array(12 * 9 * 3), width: 12, height: 9 }
  for (let y = 2; y < 7; y++)
    for (let x = 0; x < 8; x++)
      for (let c = 0; c < 3; c++) copied.pixels[((y - 2) * 12 + x + 4) * 3 + c] = picture.pixels[(y * 9 + x) * 3 + c]!
  for (const size of [
    { width: 5, height: 4 },
    { width: 24, height: 24 },
  ])
    t.same(resampled(picture, window, size), resampled(copied, { left: 0, top: 0, width: 12, height: 9 }, size))
  t.same(
    resampled(picture, { left: 20, top: -30, width: 4, height: 4 }, { width: 2, height: 2 }),
    new Array(12).fill(0),
    'wholly beyond',
  )
})

function drawn(width: number, height: number) {
  const pixels = new Uint8Array(width * height * 3)
  for (let y = 0; y < height; y++)
    for (let x = 0; x < width; x++)
      for (let c = 0; c < 3; c++) pixels[(y * width + x) * 3 + c] = 31 * y + 17 * x + 101 * c + x * y
  return { pixels, width, height }
}

function resampled(...[picture, window, to]: Parameters<typeof resample> extends [...infer A, unknown] ? A : never) {
  const rows: number[] = []
  resample(picture, window, to, (_, row) => rows.push(...row))
  return rows
}
