import { test } from 'tap'
import { HardestPairs } from '../../src/pairs/hardest-pairs.js'
import { listOf, scatteredPairs } from '../pairs.js'

test('keeps what sorting everything would put first', async t => {
  const pairs = listOf(scatteredPairs(300, 3))
  const hardest = new HardestPairs(7)
  for (const pair of pairs) hardest.add(pair, [face('a'), face('b')])
  const sorted = (same: boolean) =>
    pairs
      .filter(pair => pair.same === same)
      .map(pair => pair.distance)
      .sort((a, b) => (same ? b - a : a - b))
  t.strictSame(
    hardest.same.map(pair => pair.distance),
    sorted(true).slice(0, 7),
  )
  t.strictSame(
    hardest.different.map(pair => pair.distance),
    sorted(false).slice(0, 7),
  )
  t.strictSame(hardest.same[0]!.faces, [face('a'), face('b')])
})

test('keeps fewer where there are fewer', async t => {
  const hardest = new HardestPairs(7)
  hardest.add({ index: 0, same: true, distance: 1 }, [face('a'), face('b')])
  t.equal(hardest.same.length, 1)
  t.equal(hardest.different.length, 0)
})

function face(id: string) {
  return { id, image: undefined }
}
