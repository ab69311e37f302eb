import t from 'tap'
import { erase } from '../../src/augment/erase.js'
import { Random } from '../../src/augment/random.js'

t.test('noise of every value in the box, nothing else is touched', async t => {
  const image = { pixels: new Uint8Array(100 * 100 * 3).fill(7), height: 100, width: 100 }
  const box = { top: 10, left: 20, height: 50, width: 70 }
  const { pixels } = erase(image, box, new Random({ seed: 1, epoch: 0, record: 0 }, 8))
  const counts = new Array<number>(256).fill(0)
  for (let y = 0; y < 100; y++) {
    for (let x = 0; x < 100; x++) {
      const inside = y >= 10 && y < 60 && x >= 20 && x < 90
      for (let i = (y * 100 + x) * 3; i < (y * 100 + x) * 3 + 3; i++) {
        if (inside) counts[pixels[i]!]!++
        else if (pixels[i] !== 7) t.fail(`row ${y}, column ${x} was touched`)
      }
    }
  }
  const expected = (box.height * box.width * 3) / 256
  const chi2 = counts.reduce((sum, count) => sum + (count - expected) ** 2 / expected, 0)
  // 255 degrees of freedom: 330 is passed once in a thousand.
  t.ok(chi2 < 330, `chi-square ${chi2.toFixed(1)}`)
  t.ok(image.pixels.every(value => value === 7))
})
