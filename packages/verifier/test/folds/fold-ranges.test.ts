import { test } from 'tap'
import { foldRanges } from '../../src/folds/fold-ranges.js'

test('equal folds', async t => {
  const ranges = foldRanges(600)
  t.equal(ranges.length, 10)
  t.strictSame(ranges[0], { from: 0, to: 60 })
  t.strictSame(ranges[9], { from: 540, to: 600 })
})

test('the first folds are the larger ones, as KFold makes them', async t => {
  const sizes = foldRanges(23).map(({ from, to }) => to - from)
  t.strictSame(sizes, [3, 3, 3, 2, 2, 2, 2, 2, 2, 2])
  const ranges = foldRanges(23)
  for (let i = 1; i < 10; i++) t.equal(ranges[i]!.from, ranges[i - 1]!.to)
})
