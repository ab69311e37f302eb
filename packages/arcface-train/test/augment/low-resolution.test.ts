import t from 'tap'
import { drawLowResolution, lowResolution } from '../../src/augment/low-resolution.js'
import { Random } from '../../src/augment/random.js'
import { area, INTERPOLATIONS, linear, nearest } from '../../src/augment/resize.js'

t.test('what is left are the means of blocks', async t => {
  // 4x4, the means of its four blocks by hand.
  const values = [10, 20, 5, 5, 30, 40, 5, 5, 0, 0, 100, 200, 0, 4, 100, 200]
  const image = { pixels: Uint8Array.from(values.flatMap(value => [value, value, value])), height: 4, width: 4 }
  const { pixels } = lowResolution(image, { side: 0.5, smaller: area, larger: nearest })
  const means = [25, 25, 5, 5, 25, 25, 5, 5, 1, 1, 150, 150, 1, 1, 150, 150]
  t.strictSame(
    [...pixels],
    means.flatMap(value => [value, value, value]),
  )
})

t.test('each interpolation has its own way', async t => {
  const image = { pixels: Uint8Array.from([0, 9, 100, 9].flatMap(value => [value, value, value])), height: 1, width: 4 }
  // Nearest keeps 0 and 100; between their centres it is linear, a quarter and three quarters of the way.
  const { pixels } = lowResolution(image, { side: 0.5, smaller: nearest, larger: linear })
  t.strictSame(
    [...pixels],
    [0, 25, 75, 100].flatMap(value => [value, value, value]),
  )
})

t.test('sides over the whole range, and each pair of interpolations as often as another', async t => {
  const count = 5000
  const drawn = Array.from({ length: count }, (_, record) =>
    drawLowResolution(new Random({ seed: 1, epoch: 0, record }, 3), { side: [0.2, 1] }),
  )
  const sides = drawn.map(({ side }) => side)
  t.ok(Math.min(...sides) >= 0.2 && Math.min(...sides) < 0.201 && Math.max(...sides) < 1 && Math.max(...sides) > 0.999)
  const pairs = new Map<string, number>()
  for (const { smaller, larger } of drawn) {
    const pair = [smaller, larger].map(kind => INTERPOLATIONS.indexOf(kind)).join()
    pairs.set(pair, (pairs.get(pair) ?? 0) + 1)
  }
  t.equal(pairs.size, 25)
  const chi2 = [...pairs.values()].reduce((sum, times) => sum + (times - count / 25) ** 2 / (count / 25), 0)
  // 24 degrees of freedom: 51 is passed once in a thousand.
  t.ok(chi2 < 51, `chi-square ${chi2.toFixed(1)}`)
})
