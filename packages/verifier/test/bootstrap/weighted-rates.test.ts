import { test } from 'tap'
import { WeightedRates } from '../../src/bootstrap/weighted-rates.js'
import { exactEqualErrorRate } from '../../src/roc/equal-error-rate.js'
import { rateAtFar } from '../../src/roc/exact-rates.js'
import { exactRoc } from '../../src/roc/exact-roc.js'
import { columnsOf, listOf, scatteredPairs } from '../pairs.js'

const FARS = [0.3, 0.1, 0.7, 0.01, 0.001]

test('a weight is as if the pair were there as often', async t => {
  for (const [count, step] of [
    [20, 0],
    [77, 0],
    [400, 0],
    [400, 0.25],
  ] as const) {
    const tied = (distance: number) => (step === 0 ? distance : Math.round(distance / step) * step)
    const pairs = columnsOf(
      listOf(scatteredPairs(count, count)).map(({ same, distance }) => ({ same, distance: tied(distance) })),
    )
    const right = Uint8Array.from({ length: count }, (_, i) => (i % 3 === 0 ? 0 : 1))
    const weights = Uint8Array.from({ length: count }, (_, i) => (i * 7) % 4)
    const repeated = listOf(pairs).flatMap((pair, i) =>
      Array.from({ length: weights[i]! }, () => ({ ...pair, index: undefined })),
    )
    const expected = exactRoc(columnsOf(repeated.map(({ same, distance }) => ({ same, distance }))))
    const rates = new WeightedRates(pairs, right, FARS)
    const figures = rates.of(Uint8Array.from(rates.order, place => weights[place]!))!
    t.strictSame(
      figures.tars,
      FARS.map(far => rateAtFar(expected, far).tar),
      `TARs of ${count}`,
    )
    t.ok(Math.abs(figures.eer - exactEqualErrorRate(expected)) < 1e-12, `EER of ${count}`)
    const sum = (of: (i: number) => number) => Array.from(weights, (_, i) => of(i)).reduce((a, b) => a + b, 0)
    t.equal(figures.accuracy, sum(i => weights[i]! * right[i]!) / sum(i => weights[i]!))
  }
})

test('a sample without one kind says nothing', async t => {
  const pairs = columnsOf([
    { same: true, distance: 1 },
    { same: false, distance: 2 },
  ])
  const rates = new WeightedRates(pairs, Uint8Array.of(1, 1), FARS)
  t.equal(rates.of(Uint8Array.of(0, 3)), undefined)
  t.equal(rates.of(Uint8Array.of(2, 0)), undefined)
  t.strictSame(rates.of(Uint8Array.of(2, 3)), { accuracy: 1, eer: 0, tars: [1, 1, 1, 1, 1] })
})
