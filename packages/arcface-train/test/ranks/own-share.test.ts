import t from 'tap'
import { ownLabels, ownRecords, ownShare } from '../../src/ranks/own-share.js'

t.test('each identity is that of one rank, and no rank has two more than another', async t => {
  for (const classes of [8, 9, 85_742, 10_000_000])
    for (const ranks of [1, 2, 3, 4, 64]) {
      if (classes < ranks) continue
      const shares = Array.from({ length: ranks }, (_, rank) => ownShare({ classes }, { rank, ranks }))
      let next = 0
      for (const { first, classes: own, allClasses } of shares) {
        if (first !== next || allClasses !== classes) t.fail(`${classes} of ${ranks} ranks: ${first} after ${next}`)
        next += own
      }
      t.equal(next, classes)
      const sizes = shares.map(({ classes }) => classes)
      t.ok(Math.max(...sizes) - Math.min(...sizes) <= 1)
    }
})

t.test('labels are places among the own identities, or none', async t => {
  const labels = Int32Array.of(0, 3, 4, 6, 2)
  t.same([...ownLabels(labels, ownShare({ classes: 7 }, { rank: 0, ranks: 2 }))], [0, -1, -1, -1, 2])
  t.same([...ownLabels(labels, ownShare({ classes: 7 }, { rank: 1, ranks: 2 }))], [-1, 0, 1, 3, -1])
})

t.test('a batch is divided part by part, so that a part has the same images on any number of ranks', async t => {
  const batch = Uint32Array.from({ length: 12 }, (_, i) => 100 + i)
  const own = (parts: number, rank: number, ranks: number) => [...ownRecords(batch, parts, { rank, ranks })]
  t.same(own(1, 0, 1), [...batch])
  t.same(own(1, 1, 3), [104, 105, 106, 107])
  t.same(own(2, 0, 3), [100, 101, 106, 107])
  t.same(own(2, 2, 3), [104, 105, 110, 111])
  t.same(own(3, 0, 1), [...batch])
})
