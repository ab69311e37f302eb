import { xoroshiro } from '@tiny-face/seeded-random'
import { test } from 'tap'
import { type ComparedResult, compareResults } from '../../src/compare/compare-results.js'
import { verify } from '../../src/verify.js'
import { columnsOf, listOf, measuredPairs } from '../pairs.js'

const random = xoroshiro(8)
const pairs = measuredPairs(600, i => ({ same: i % 2 === 0, distance: (i % 2 === 0 ? 0.3 : 1) + random.uniform() }))

/** The same pairs, as a network sees them whose distances are noisier. */
function result(noise: number, name = 'a.json'): ComparedResult {
  const random = xoroshiro(5)
  const seen = columnsOf(listOf(pairs).map(pair => ({ ...pair, distance: pair.distance + noise * random.uniform() })))
  const thresholds = verify(seen).folds.map(fold => fold.threshold)
  return { name, pairs: seen, indices: Float64Array.from({ length: 600 }, (_, i) => i), thresholds }
}

test('a better and a worse network', async t => {
  const { accuracy, eer, tars, onlyFirst, onlySecond, p, ...rest } = compareResults(result(0), result(2), 1)
  t.match(rest, { pairs: 600, samples: 1000, level: 0.95, seed: 1 })
  t.equal(accuracy.first, verifiedAccuracy(0))
  t.equal(accuracy.second, verifiedAccuracy(2))
  t.ok(Math.abs(accuracy.first - accuracy.second - (onlyFirst - onlySecond) / 600) < 1e-12)
  t.ok(accuracy.interval.low > 0, 'surely above')
  t.ok(eer.interval.high < 0)
  t.equal(tars.length, 6)
  t.ok(p < 1e-6)
  const back = compareResults(result(2), result(0), 1)
  t.strictSame([back.onlyFirst, back.onlySecond, back.p], [onlySecond, onlyFirst, p])
})

function verifiedAccuracy(noise: number): number {
  const { folds } = verify(result(noise).pairs as never)
  return folds.reduce((sum, fold) => sum + fold.accuracy * fold.pairs, 0) / 600
}

test('samples hold the same pairs for both, whatever order distances put them in', async t => {
  const { accuracy, onlyFirst, onlySecond } = compareResults(result(0), result(0.1), 1)
  const disagreements = onlyFirst + onlySecond
  t.ok(disagreements > 5 && disagreements < 100)
  // Of the difference, twice 1.96 deviations of so many coins; of two accuracies that vary on their own it would be far more.
  const { low, high } = accuracy.interval
  t.ok(high - low < (5 * Math.sqrt(disagreements)) / 600, `${high - low}`)
})

test('twice the same result', async t => {
  const { accuracy, eer, onlyFirst, onlySecond, p } = compareResults(result(1), result(1), 1)
  t.strictSame([accuracy.interval, eer.interval], Array(2).fill({ low: 0, high: 0 }), 'the samples are the same ones')
  t.strictSame([onlyFirst, onlySecond, p], [0, 0, 1])
})

test('refuses pairs that are others', async t => {
  const first = result(0)
  const second = result(1, 'b.json')
  const fewer = { ...second, pairs: { ...second.pairs, length: 599 } }
  t.throws(() => compareResults(first, fewer, 1), { message: 'b.json: expected the pairs of a.json: 600, found 599' })
  const same = first.pairs.same.slice()
  same[7] = 1 - same[7]!
  t.throws(() => compareResults(first, { ...second, pairs: { ...second.pairs, same } }, 1), {
    message: /^b\.json: expected the pairs of a\.json: pair 7 of .* in place 7, found pair 7 of /,
  })
  const indices = first.indices.slice()
  indices[599] = 600
  t.throws(() => compareResults(first, { ...second, indices }, 1), { message: /found pair 600 of/ })
})

test('refuses pairs of one kind only, of which no sample would have both', async t => {
  const one = { ...result(0), pairs: { ...result(0).pairs, same: new Uint8Array(600).fill(1) } }
  t.throws(() => compareResults(one, one, 1), {
    message:
      'a.json: expected pairs of the same person and pairs of different people, found pairs of the same person only',
  })
})
