import t from 'tap'
import { downsample } from '../../src/report/downsample.js'

t.test('few points stay as they are', async t => {
  t.strictSame(downsample([1, 2, 3], [5, Number.NaN, 7], 100), [
    { x: 1, low: 5, high: 5, mean: 5 },
    { x: 3, low: 7, high: 7, mean: 7 },
  ])
  t.strictSame(downsample([4], [2], 100), [{ x: 4, low: 2, high: 2, mean: 2 }])
  t.strictSame(downsample([], [], 100), [])
})

t.test('700,000 points become as many as there are columns, and no peak is lost', async t => {
  const x = Array.from({ length: 700_000 }, (_, i) => i + 1)
  const y = x.map(step => Math.sin(step))
  y[123_456] = 99
  y[654_321] = -99
  const columns = downsample(x, y, 476)
  t.equal(columns.length, 476)
  t.equal(columns.filter(({ high }) => high === 99).length, 1)
  t.equal(columns.filter(({ low }) => low === -99).length, 1)
  const total = columns.reduce((sum, { mean }) => sum + mean, 0) / 476
  t.ok(Math.abs(total) < 1e-3, 'means are means')
  t.ok(columns.every(({ x }, i) => i === 0 || x > columns[i - 1]!.x))
})
