import { test } from 'tap'
import { mean, pairwiseSum, populationStd } from '../src/pairwise-sum.js'

// Sums of 0.1 whose last digits depend on the order of addition, as NumPy says of np.full(n, 0.1).sum().
test("adds in NumPy's order", async t => {
  const sums: Record<number, number> = {
    1: 0.1,
    7: 0.7,
    8: 0.8,
    10: 1.0,
    15: 1.5000000000000004,
    128: 12.800000000000002,
    129: 12.899999999999999,
    512: 51.20000000000001,
    1000: 100.00000000000001,
    5000: 499.99999999999994,
  }
  for (const [count, sum] of Object.entries(sums))
    t.equal(pairwiseSum(new Float64Array(Number(count)).fill(0.1)), sum, count)
})

test('adds a part', async t => {
  t.equal(pairwiseSum(Float64Array.of(1, 2, 4, 8, 16), 1, 3), 14)
  t.equal(pairwiseSum(new Float64Array(0)), 0)
})

test('the deviation of a population', async t => {
  t.equal(mean([2, 4, 4, 4, 5, 5, 7, 9]), 5)
  t.equal(populationStd([2, 4, 4, 4, 5, 5, 7, 9]), 2)
})
