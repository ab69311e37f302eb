import t from 'tap'
import { type Adjustment, drawJitter, jitter } from '../../src/augment/colour.js'
import { Random } from '../../src/augment/random.js'
import { difference, IMAGE, PEERS } from './peer-images.js'

t.test('brightness, contrast and saturation are those of Pillow, bit for bit', async t => {
  for (const adjustment of ['brightness', 'contrast', 'saturation'] as const) {
    for (const [factor, expected] of Object.entries(PEERS[adjustment])) {
      const found = jitter(IMAGE, [{ adjustment, factor: Number(factor) }])
      t.equal(difference(found, expected), 0, `${adjustment} by ${factor}`)
    }
  }
})

t.test('changes are made one after the other, and the image given is not written to', async t => {
  const before = IMAGE.pixels.slice()
  const changes = [
    { adjustment: 'contrast', factor: 0.6 },
    { adjustment: 'brightness', factor: 1.4 },
  ] as const
  const [first, second] = changes
  t.strictSame(jitter(IMAGE, changes), jitter(jitter(IMAGE, [first]), [second]))
  t.notSame(jitter(IMAGE, changes), jitter(IMAGE, [second, first]))
  t.strictSame(IMAGE.pixels, before)
})

t.test('each factor is drawn over its whole range, each order as often as another', async t => {
  const bounds = { brightness: 0.5, contrast: 0.25, saturation: 0.1 }
  const count = 6000
  const factors: Record<Adjustment, number[]> = { brightness: [], contrast: [], saturation: [] }
  const orders = new Map<string, number>()
  for (let record = 0; record < count; record++) {
    const drawn = drawJitter(new Random({ seed: 1, epoch: 0, record }, 4), bounds)
    for (const { adjustment, factor } of drawn) factors[adjustment].push(factor)
    const order = drawn.map(({ adjustment }) => adjustment).join()
    orders.set(order, (orders.get(order) ?? 0) + 1)
  }
  for (const [adjustment, bound] of Object.entries(bounds)) {
    const values = factors[adjustment as Adjustment]
    const [least, greatest] = [Math.min(...values), Math.max(...values)]
    t.ok(least >= 1 - bound && least < 1 - 0.99 * bound, `${adjustment} from ${least}`)
    t.ok(greatest <= 1 + bound && greatest > 1 + 0.99 * bound, `${adjustment} to ${greatest}`)
  }
  t.equal(orders.size, 6)
  // Five standard deviations of 6000 throws of a die are 144.
  for (const [order, times] of orders) t.ok(Math.abs(times - count / 6) < 144, `${order}: ${times}`)
})
