import { test } from 'tap'
import { indexOfPair, PairColumns } from '../../src/pairs/measured-pairs.js'

const END = { flip: true, meanNorm: 12 }

test('grows, and keeps no index where pairs come in order', async t => {
  const columns = new PairColumns()
  for (let index = 0; index < 5000; index++) columns.add({ index, same: index % 3 === 0, distance: index / 4 })
  const pairs = columns.finish(END)
  t.equal(pairs.length, 5000)
  t.equal(pairs.indices, undefined)
  t.equal(indexOfPair(pairs, 4321), 4321)
  t.strictSame([...pairs.distances.subarray(4098, 4100)], [4098 / 4, 4099 / 4])
  t.strictSame([...pairs.same.subarray(4096, 4100)], [0, 0, 1, 0])
  t.strictSame([pairs.flip, pairs.meanNorm, pairs.people, pairs.groups], [true, 12, undefined, undefined])
})

test('puts pairs in order, with all that is known of them', async t => {
  const columns = new PairColumns()
  for (let i = 0; i < 3000; i++) {
    const index = i < 1500 ? i : 4499 - i
    const sides = { left: index % 7, right: 'x' }
    columns.add({ index, same: index % 2 === 0, distance: index }, sides, { left: true, right: index })
  }
  const { distances, same, indices, people, groups } = columns.finish(END)
  const ordered = Array.from({ length: 3000 }, (_, i) => i)
  t.strictSame([...distances], ordered)
  t.strictSame([...indices!], ordered)
  t.strictSame([...same.subarray(1998, 2002)], [1, 0, 1, 0])
  t.strictSame(
    ordered.map(i => people!.names[people!.left[i]!]),
    ordered.map(i => String(i % 7)),
  )
  t.equal(people!.names[people!.right[2999]!], 'x')
  t.equal(groups!.names[groups!.right[1777]!], '1777')
})

test('gaps stay gaps', async t => {
  const columns = new PairColumns()
  for (const index of [0, 1, 7]) columns.add({ index, same: true, distance: 1 })
  const pairs = columns.finish(END)
  t.strictSame([...pairs.indices!], [0, 1, 7])
  t.equal(indexOfPair(pairs, 2), 7)
})

test('one pair without people is enough not to know the people', async t => {
  const columns = new PairColumns()
  const pair = { index: 0, same: true, distance: 1 }
  columns.add(pair, { left: 1, right: 1 })
  columns.add({ ...pair, index: 1 })
  columns.add({ ...pair, index: 2 }, { left: 1, right: 1 })
  t.equal(columns.finish(END).people, undefined)
})
