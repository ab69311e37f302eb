import { test } from 'tap'
import { thresholdGrid } from '../../src/roc/threshold-grid.js'

test('np.arange(0, 4, 0.01), whose values are products and not what their decimals read', async t => {
  const grid = thresholdGrid(0.01)
  t.equal(grid.length, 400)
  t.equal(grid[0], 0)
  t.equal(grid[7], 0.07)
  t.equal(grid[29], 0.29)
  t.equal(grid[35], 0.35000000000000003)
  t.equal(grid[399], 3.99)
  t.equal(thresholdGrid(0.001).length, 4000)
  t.equal(thresholdGrid(0.001)[3999], 3.999)
})
