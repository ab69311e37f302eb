import { test } from 'tap'
import { groupFigures, MAX_GROUPS } from '../../src/groups/group-figures.js'
import { PairColumns } from '../../src/pairs/measured-pairs.js'
import { exactEqualErrorRate } from '../../src/roc/equal-error-rate.js'
import { exactRoc } from '../../src/roc/exact-roc.js'
import { COARSE_GRID } from '../../src/roc/threshold-grid.js'
import { verify } from '../../src/verify.js'
import { columnsOf, listOf, scatteredPairs } from '../pairs.js'

// Pairs of two groups in turns, and every fifth across both.
const list = listOf(scatteredPairs(500, 12))
const sides = (i: number) =>
  i % 5 === 0 ? { left: 'old', right: 'new' } : { left: i % 2 ? 'old' : 'new', right: i % 2 ? 'old' : 'new' }
const columns = new PairColumns()
for (const [i, pair] of list.entries()) columns.add(pair, undefined, sides(i))
const pairs = columns.finish({ flip: false, meanNorm: 1 })
const right = Uint8Array.from(list, ({ same, distance }) => (distance < 1.4 === same ? 1 : 0))

test('each value alone, and the pairs of two values apart', async t => {
  const { field, values, mixed } = groupFigures(pairs, 'age', right, COARSE_GRID)
  t.equal(field, 'age')
  t.strictSame([...values.keys()], ['new', 'old'])
  for (const [value, parity] of [
    ['new', 0],
    ['old', 1],
  ] as const) {
    const own = list.filter((_, i) => i % 5 !== 0 && i % 2 === parity).map(({ same, distance }) => ({ same, distance }))
    const { accuracy, eer, ...group } = values.get(value)!
    t.equal(group.pairs, own.length)
    const count = (same: boolean, wrong: (distance: number) => boolean) =>
      own.filter(pair => pair.same === same && wrong(pair.distance)).length /
      own.filter(pair => pair.same === same).length
    t.equal(
      group.fmr,
      count(false, distance => distance < 1.4),
    )
    t.equal(
      group.fnmr,
      count(true, distance => distance >= 1.4),
    )
    t.strictSame(accuracy, verify(columnsOf(own)).accuracy, 'by its own folds')
    t.equal(eer, exactEqualErrorRate(exactRoc(columnsOf(own))))
  }
  t.equal(mixed!.pairs, 100)
})

test('a field of too many values makes no groups', async t => {
  const many = new PairColumns()
  for (let i = 0; i <= MAX_GROUPS; i++)
    many.add({ index: i, same: true, distance: 1 }, undefined, { left: i, right: i })
  const pairs = many.finish({ flip: false, meanNorm: 1 })
  t.throws(() => groupFigures(pairs, 'id', new Uint8Array(MAX_GROUPS + 1), COARSE_GRID), {
    name: 'DataError',
    message: 'expected at most 1000 values of id, found 1001',
  })
})

test('what cannot be said of a group is left out', async t => {
  const few = new PairColumns()
  for (let i = 0; i < 12; i++) {
    const group = i < 3 ? 'few' : 'other'
    few.add({ index: i, same: i > 2 && i % 2 === 0, distance: i }, undefined, { left: group, right: group })
  }
  const { values, mixed } = groupFigures(
    few.finish({ flip: false, meanNorm: 1 }),
    'x',
    Uint8Array.of(0, 1, 0, 1, 1, 1, 1, 1, 1, 1, 1, 1),
    COARSE_GRID,
  )
  t.equal(mixed, undefined)
  t.match(values.get('few'), {
    pairs: 3,
    same: 0,
    fnmr: undefined,
    accuracy: undefined,
    eer: undefined,
    tar: undefined,
  })
  t.equal(values.get('few')!.fmr, 2 / 3, 'of which one was decided rightly')
  t.equal(values.get('other')!.accuracy, undefined, 'fewer pairs than folds')
})
