import t from 'tap'
import { blur, drawSigma } from '../../src/augment/blur.js'
import { Random } from '../../src/augment/random.js'
import { difference, IMAGE, PEERS } from './peer-images.js'

t.test("a Gaussian as OpenCV's, also where it reaches beyond the image", async t => {
  for (const [sigma, expected] of Object.entries(PEERS.blur)) {
    const found = difference(blur(IMAGE, Number(sigma)), expected)
    t.ok(found <= 1, `sigma ${sigma}: a value differs by ${found}`)
  }
})

t.test('an image of one pixel stays as it is', async t => {
  const image = { pixels: Uint8Array.of(1, 2, 3), height: 1, width: 1 }
  t.strictSame(blur(image, 2), image)
})

t.test('deviations over the whole range', async t => {
  const sigmas = Array.from({ length: 2000 }, (_, record) =>
    drawSigma(new Random({ seed: 1, epoch: 0, record }, 6), { sigma: [0.1, 2] }),
  )
  const [least, greatest] = [Math.min(...sigmas), Math.max(...sigmas)]
  t.ok(least >= 0.1 && least < 0.11 && greatest < 2 && greatest > 1.99, `${least} to ${greatest}`)
})
