import { test } from 'tap'
import { warpSimilarity } from '../../src/align/warp.js'
import { differencesOf, readCases } from './insightface-cases.js'

test('the pixels are those of OpenCV 4', async t => {
  const cases = readCases(new URL('insightface-cases.jsonl', import.meta.url))
  t.ok(cases.length > 20)
  for (const [i, sample] of cases.entries()) t.equal(differencesOf(sample).pixels, 0, `case ${i}: values that differ`)
})

const picture = { pixels: Uint8Array.from({ length: 4 * 3 * 3 }, (_, i) => i + 1), width: 4, height: 3 }
const rows = (warped: { pixels: Uint8Array }, size: number) =>
  Array.from({ length: size }, (_, y) => Array.from({ length: size }, (_, x) => warped.pixels[(y * size + x) * 3]!))

test('moved by whole pixels, a picture keeps its values, and is black beyond its edges', async t => {
  const still = { a: 1, b: 0, x0: 0, y0: 0 }
  t.strictSame(rows(warpSimilarity(picture, still, 4), 4), [
    [1, 4, 7, 10],
    [13, 16, 19, 22],
    [25, 28, 31, 34],
    [0, 0, 0, 0],
  ])
  t.strictSame(rows(warpSimilarity(picture, { ...still, x0: 2, y0: -1 }, 3), 3), [
    [0, 0, 13],
    [0, 0, 25],
    [0, 0, 0],
  ])
})

test('a quarter turn, and a half pixel', async t => {
  // Clockwise: what was at the top is at the right.
  t.strictSame(rows(warpSimilarity(picture, { a: 0, b: 1, x0: 2, y0: 0 }, 3), 3), [
    [25, 13, 1],
    [28, 16, 4],
    [31, 19, 7],
  ])
  t.strictSame(rows(warpSimilarity(picture, { a: 1, b: 0, x0: 0.5, y0: 0 }, 2), 2), [
    [1, 3],
    [7, 15],
  ])
})

test('a square that lies beyond the picture is black', async t => {
  for (const x0 of [1e6, -1e6, 1e12]) {
    t.ok(warpSimilarity(picture, { a: 1, b: 0, x0, y0: 0 }, 4).pixels.every(value => value === 0))
  }
})
