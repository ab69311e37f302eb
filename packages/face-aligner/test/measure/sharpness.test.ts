import { test } from 'tap'
import { sharpnessOf } from '../../src/measure/sharpness.js'
import { differencesOf, readCases } from '../align/insightface-cases.js'

test("sharpness is the variance of OpenCV's Laplacian", async t => {
  for (const [i, sample] of readCases(new URL('../align/insightface-cases.jsonl', import.meta.url)).entries()) {
    const { sharpness } = differencesOf(sample)
    t.ok(sharpness < 1e-9, `case ${i}: ${sharpness} of it away`)
  }
})

test('a picture without any edge has none, whatever its size', async t => {
  for (const [width, height] of [
    [8, 8],
    [1, 1],
    [1, 5],
  ] as const) {
    t.equal(sharpnessOf({ pixels: new Uint8Array(width * height * 3).fill(77), width, height }), 0)
  }
})
