import { drawFace } from '@tiny-face/drawn-faces'
import t from 'tap'
import { decodeImage, encodeJpeg } from '../../src/index.js'

/** The first row of the luminance table that ITU-T T.81 gives in annex K.1, in zigzag order: its first ten. */
const ANNEX_K = [16, 11, 12, 14, 12, 10, 16, 14, 13, 14]

/** The first values of the first quantisation table (DQT) of a JPEG. */
function quantisation(jpeg: Uint8Array): number[] {
  const at = Buffer.from(jpeg).indexOf(Buffer.from([0xff, 0xdb]))
  return [...jpeg.subarray(at + 5, at + 15)]
}

t.test("the quality is libjpeg's: 50 is the table of the standard, 75 half of it", async t => {
  const face = await drawFace({ identity: 1, view: 0, size: 64, seed: 1 })
  t.strictSame(quantisation(await encodeJpeg(face, 50)), ANNEX_K)
  t.strictSame(
    quantisation(await encodeJpeg(face, 75)),
    ANNEX_K.map(value => Math.floor((value * 50 + 50) / 100)),
  )
})

t.test('the better the quality, the nearer the image', async t => {
  const face = await drawFace({ identity: 1, view: 0, size: 64, seed: 1 })
  const errors: number[] = []
  for (const quality of [10, 40, 70, 100]) {
    const { pixels, height, width } = await decodeImage(await encodeJpeg(face, quality))
    t.strictSame([height, width], [64, 64])
    errors.push(pixels.reduce((sum, value, i) => sum + (value - face.pixels[i]!) ** 2, 0))
  }
  t.strictSame(
    [...errors].sort((a, b) => b - a),
    errors,
  )
})
