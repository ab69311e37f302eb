import { test } from 'tap'
import { areaUnderCurve, exactAreaUnderCurve } from '../../src/roc/area-under-curve.js'
import { equalErrorRate } from '../../src/roc/equal-error-rate.js'
import { exactRoc } from '../../src/roc/exact-roc.js'
import { fullRoc } from '../../src/roc/full-roc.js'
import { columnsOf } from '../pairs.js'

const roc = (...points: [fpr: number, tpr: number][]) => ({
  fpr: Float64Array.from(points, ([fpr]) => fpr),
  tpr: Float64Array.from(points, ([, tpr]) => tpr),
})
const pairs = (same: number[], different: number[]) =>
  exactRoc(
    columnsOf([
      ...same.map(distance => ({ same: true, distance })),
      ...different.map(distance => ({ same: false, distance })),
    ]),
  )

test('the area by trapezoids', async t => {
  t.equal(areaUnderCurve(roc([0, 0], [1, 1])), 0.5)
  t.equal(areaUnderCurve(roc([0, 0], [0, 0.5], [0.5, 1], [1, 1])), 0.875)
  t.equal(areaUnderCurve(roc([0, 0], [0.5, 1])), 0.25, 'not beyond the last point')
})

test('the exact area is the share of couples in order, ties half', async t => {
  t.equal(exactAreaUnderCurve(pairs([1, 2], [3, 4])), 1)
  t.equal(exactAreaUnderCurve(pairs([3, 4], [1, 2])), 0)
  t.equal(exactAreaUnderCurve(pairs([1, 3], [2, 4])), 0.75)
  t.equal(exactAreaUnderCurve(pairs([1, 2, 2], [2, 3])), 5 / 6)
})

test('the equal error rate lies where 1 - tpr = fpr', async t => {
  t.equal(equalErrorRate(roc([0, 0], [1, 1])), 0.5)
  t.equal(equalErrorRate(roc([0, 0], [0, 0.8], [0.5, 1], [1, 1])).toFixed(12), (1 / 7).toFixed(12), 'on a slope')
  t.equal(equalErrorRate(roc([0, 0], [0.1, 0.2], [0.1, 0.95], [1, 1])), 0.1, 'on a jump')
  t.equal(equalErrorRate(roc([0, 0], [0, 1], [1, 1])), 0, 'of a perfect network')
  t.equal(equalErrorRate(roc([0, 0], [0.2, 0.2])), 0.5, 'beyond the last point')
})

test('the full ROC counts the same pairs before each false accept; a tied one needs the same threshold', async t => {
  const { acceptedSame } = fullRoc(pairs([0.1, 0.4, 0.4, 0.9], [0.3, 0.4, 2]))
  t.strictSame([...acceptedSame], [1, 3, 4, 4])
})
