import t from 'tap'
import { histogramOf } from '../../src/tensorboard/histogram.js'

t.test('each value is in the bucket whose limits are around it', async t => {
  const values = [0, 1e-13, -1e-13, 1e-12, 0.5, -0.5, 1, 123.4, -1e19, 3e30, -3e30]
  for (const value of values) {
    const { limits, counts, ...rest } = histogramOf([value])
    t.strictSame(rest, { min: value, max: value, count: 1, sum: value, sumOfSquares: value * value })
    const place = counts.indexOf(1)
    t.ok(limits[place]! > value, `${value} is below ${limits[place]}`)
    // The bucket before holds nothing and ends where this one begins.
    if (place > 0) t.ok(limits[place - 1]! <= value, `${value} is at least ${limits[place - 1]}`)
  }
})

t.test("buckets are TensorFlow's", async t => {
  // Each limit is 1e-12 by a power of 1.1; tools/peers/check-tensorboard counts again in Python.
  const { limits, counts } = histogramOf([1, 2, 2, 4])
  for (const [low, high] of limits.slice(1).map((limit, i) => [limits[i]!, limit] as const)) {
    const [from, to] = [exponent(low), exponent(high)]
    t.ok(Math.abs(from - Math.round(from)) < 1e-6 && Math.abs(to - Math.round(to)) < 1e-6, `${low} … ${high}`)
  }
  t.strictSame(
    counts.filter(count => count > 0),
    [1, 2, 1],
  )
  t.equal(limits.at(-1), Number.MAX_VALUE)
  t.equal(
    counts.reduce((sum, count) => sum + count, 0),
    4,
  )
  t.ok(
    counts.every((count, i) => count > 0 || counts[i - 1] !== 0),
    'no two empty buckets side by side',
  )

  function exponent(limit: number): number {
    if (limit === Number.MAX_VALUE || limit === 0) return 0
    return Math.log(Math.abs(limit) / 1e-12) / Math.log(1.1)
  }
})

t.test('nothing, and nothing that is finite', async t => {
  const empty = { min: Number.MAX_VALUE, max: -Number.MAX_VALUE, count: 0, sum: 0, sumOfSquares: 0 }
  for (const values of [[], [Number.NaN, Number.POSITIVE_INFINITY]]) {
    t.strictSame(histogramOf(values), { ...empty, limits: [Number.MAX_VALUE], counts: [0] })
  }
})
