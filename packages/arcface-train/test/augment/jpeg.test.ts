import { drawFace } from '@tiny-face/drawn-faces'
import { decodeImage, encodeJpeg } from '@tiny-face/image-stream'
import t from 'tap'
import { drawQuality, jpeg } from '../../src/augment/jpeg.js'
import { Random } from '../../src/augment/random.js'

t.test('what a JPEG of that quality gives back', async t => {
  const face = await drawFace({ identity: 1, view: 0, size: 32, seed: 1 })
  t.strictSame(await jpeg(face, 40), await decodeImage(await encodeJpeg(face, 40)))
  t.notSame(await jpeg(face, 40), face)
})

t.test('every quality of the range is drawn, none beyond', async t => {
  const drawn = Array.from({ length: 2000 }, (_, record) =>
    drawQuality(new Random({ seed: 1, epoch: 0, record }, 7), { quality: [30, 95] }),
  )
  t.strictSame(
    [...new Set(drawn)].sort((a, b) => a - b),
    Array.from({ length: 66 }, (_, i) => 30 + i),
  )
})
