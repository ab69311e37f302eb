import type { Pixels } from '@tiny-face/image-stream'
import t from 'tap'
import { Random } from '../../src/augment/random.js'
import { drawAngle, rotate } from '../../src/augment/rotate.js'
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

t.test('angles to both sides, up to the bound', async t => {
  const angles = Array.from({ length: 2000 }, (_, record) =>
    drawAngle(new Random({ seed: 1, epoch: 0, record }, 1), { degrees: 10 }),
  )
  const [least, greatest] = [Math.min(...angles), Math.max(...angles)]
  t.ok(least >= -10 && least < -9.9 && greatest < 10 && greatest > 9.9, `${least} to ${greatest}`)
})
