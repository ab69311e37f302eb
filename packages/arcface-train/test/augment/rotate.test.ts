import type { Pixels } from '@tiny-face/image-stream'
import t from 'tap'
import { rotate } from '../../src/augment/rotate.js'
import { difference, IMAGE, PEERS } from './peer-images.js'

const SQUARE: Pixels = { pixels: Uint8Array.from({ length: 4 * 4 * 3 }, (_, i) => i * 5), height: 4, width: 4 }

t.test('by quarters of a turn, counterclockwise: exactly', async t => {
  const { pixels } = rotate(SQUARE, 90)
  for (let y = 0; y < 4; y++)
    for (let x = 0; x < 4; x++)
      for (let c = 0; c < 3; c++)
        // What was at the right is at the top.
        t.equal(pixels[(y * 4 + x) * 3 + c], SQUARE.pixels[(x * 4 + 3 - y) * 3 + c], `${y} ${x} ${c}`)
  t.strictSame(rotate(rotate(SQUARE, 180), 180), SQUARE)
  t.strictSame(rotate(SQUARE, 0), SQUARE)
})

t.test("as OpenCV's warpAffine with linear interpolation, black around", async t => {
  for (const [degrees, expected] of Object.entries(PEERS.rotate)) {
    const found = difference(rotate(IMAGE, Number(degrees)), expected)
    // OpenCV rounds places to 1/32 of a pixel: of neighbours that differ by up to 255, in two directions.
    t.ok(found <= 8, `${degrees} degrees: a value differs by ${found}`)
  }
})
