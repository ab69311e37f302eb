import { xoroshiro } from '@tiny-face/seeded-random'
import { test } from 'tap'
import { bootstrapIntervals, percentiles, samplesFor } from '../../src/bootstrap/bootstrap-intervals.js'
import { poissonNumbers } from '../../src/bootstrap/poisson-numbers.js'
import { type MeasuredPairs, PairColumns } from '../../src/pairs/measured-pairs.js'
import { exactEqualErrorRate } from '../../src/roc/equal-error-rate.js'
import { exactRoc } from '../../src/roc/exact-roc.js'
import { scatteredPairs } from '../pairs.js'

const FARS = [0.1]
const all = (pairs: MeasuredPairs) => new Uint8Array(pairs.length).fill(1)

/** Every pair of `people` people, ten of each with themselves; how well somebody is told apart is a matter of who it is. */
function pairsOfPeople(people: number, seed: number, named = true): MeasuredPairs {
  const random = xoroshiro(seed)
  const normal = () => Math.sqrt(-2 * Math.log(1 - random.uniform())) * Math.cos(2 * Math.PI * random.uniform())
  const columns = new PairColumns()
  const difficulty = Array.from({ length: people }, () => 0.5 * normal())
  const add = (left: number, right: number, centre: number) => {
    const same = left === right
    const distance = Math.max(
      0,
      centre + difficulty[left]! * (same ? 1 : 0.5) + (same ? 0 : 0.5 * difficulty[right]!) + 0.2 * normal(),
    )
    columns.add({ index: columns.length, same, distance }, named ? { left, right } : undefined)
  }
  for (let left = 0; left < people; left++) {
    for (let i = 0; i < 10; i++) add(left, left, 2)
    for (let right = 0; right < left; right++) add(left, right, 3.5)
  }
  return columns.finish({ flip: false, meanNorm: 1 })
}

test('draws people where they are known, else pairs', async t => {
  const named = pairsOfPeople(20, 1)
  const byPerson = bootstrapIntervals(named, all(named), FARS, { seed: 1, samples: 200 })
  t.match(byPerson, { unit: 'person', units: 20, samples: 200, seed: 1, level: 0.95 })
  const nameless = pairsOfPeople(20, 1, false)
  const byPair = bootstrapIntervals(nameless, all(nameless), FARS, { seed: 1, samples: 200 })
  t.match(byPair, { unit: 'pair', units: nameless.length })
  const width = ({ low, high }: { low: number; high: number }) => high - low
  t.ok(width(byPerson.eer) > 1.3 * width(byPair.eer), 'pairs that share people say less than as many that do not')
})

test('labels that quarrel with the pairs are no people', async t => {
  const columns = new PairColumns()
  for (let index = 0; index < 20; index++)
    columns.add({ index, same: index % 2 === 0, distance: index }, { left: 0, right: 0 })
  const pairs = columns.finish({ flip: false, meanNorm: 1 })
  t.match(bootstrapIntervals(pairs, all(pairs), FARS, { seed: 1, samples: 10 }), { unit: 'pair', units: 20 })
})

test('a pair of one person counts as often as the person, one of two people as the product', async t => {
  const columns = new PairColumns()
  const people = [
    [0, 0],
    [0, 1],
    [2, 1],
    [2, 2],
    [1, 1],
    [0, 2],
  ] as const
  for (const [index, [left, right]] of people.entries())
    columns.add({ index, same: left === right, distance: index }, { left, right })
  const pairs = columns.finish({ flip: false, meanNorm: 1 })
  const right = Uint8Array.of(1, 0, 1, 0, 1, 1)
  for (let seed = 0; seed < 20; seed++) {
    // The numbers that the first sample draws, of three people and one that is not used.
    const drawn = new Uint8Array(4)
    poissonNumbers(drawn, xoroshiro(seed))
    const weights = people.map(([a, b]) => drawn[a]! * (a === b ? 1 : drawn[b]!))
    const total = (of: (i: number) => boolean) => weights.reduce((sum, weight, i) => sum + (of(i) ? weight : 0), 0)
    const [isSame, isAny] = [(i: number) => pairs.same[i] === 1, () => true]
    if (total(isSame) === 0 || total(isSame) === total(isAny)) continue
    const { accuracy } = bootstrapIntervals(pairs, right, FARS, { seed, samples: 1 })
    t.equal(accuracy.low, total(i => right[i] === 1) / total(isAny))
  }
})

test('the same seed gives the same intervals, another one others', async t => {
  const pairs = scatteredPairs(300, 4)
  const intervals = (seed: number) => bootstrapIntervals(pairs, all(pairs), FARS, { seed, samples: 100 })
  t.strictSame(intervals(5), intervals(5))
  t.notSame(intervals(5).eer, intervals(6).eer)
})

// 200 sets whose true rate is known: an interval of 95% holds it in 190 of them, give or take 3.1 (one deviation).
test('intervals hold the true figure about as often as they say', async t => {
  const truth = exactEqualErrorRate(exactRoc(pairsOfPeople(1500, 99)))
  let held = 0
  for (let seed = 0; seed < 200; seed++) {
    const pairs = pairsOfPeople(40, 1000 + seed)
    const { low, high } = bootstrapIntervals(pairs, all(pairs), FARS, { seed, samples: 100 }).eer
    if (low <= truth && truth <= high) held++
  }
  t.ok(held >= 180 && held < 200, `${held} of 200`)
})

test('percentiles lie between values, as np.percentile has them', async t => {
  // np.percentile(range(11), [2.5, 97.5])
  const { low, high } = percentiles(Float64Array.from({ length: 11 }, (_, i) => 10 - i))
  t.ok(Math.abs(low - 0.25) < 1e-12 && Math.abs(high - 9.75) < 1e-12)
  t.strictSame(percentiles(Float64Array.of(3)), { low: 3, high: 3 })
})

test('many pairs take fewer samples', async t => {
  t.strictSame([10, 6000, 2_000_000, 10_000_000, 2 ** 31].map(samplesFor), [1000, 1000, 500, 100, 100])
})
