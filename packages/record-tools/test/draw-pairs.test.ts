import t, { type Test } from 'tap'
import { type DrawnPair, drawPairs } from '../src/index.js'

/** `sizes[label]` images of each label, the labels taking turns. */
function labelsOf(sizes: number[]): number[] {
  const most = Math.max(...sizes)
  return Array.from({ length: most }, (_, round) =>
    sizes.flatMap((size, label) => (round < size ? [label] : [])),
  ).flat()
}

function check(t: Test, labels: number[], pairs: DrawnPair[]): void {
  const keys = pairs.map(({ left, right }) => [left, right].sort((a, b) => a - b).join())
  t.equal(new Set(keys).size, pairs.length, 'no pair twice')
  for (const { left, right, same } of pairs) {
    if (left === right || (labels[left] === labels[right]) !== same) t.fail(`${left}, ${right}: ${same}`)
  }
}

function perIdentity(labels: number[], pairs: DrawnPair[]): number[] {
  const counts: number[] = Array(Math.max(...labels) + 1).fill(0)
  for (const { left, same } of pairs) if (same) counts[labels[left]!] = counts[labels[left]!]! + 1
  return counts
}

const orl = labelsOf(Array(10).fill(10))

t.test('by default as many as there are of both kinds, ten balanced folds', t => {
  const pairs = drawPairs(orl, { seed: 1 })
  t.equal(pairs.length, 900)
  check(t, orl, pairs)
  for (let fold = 0; fold < 10; fold++) {
    const same = pairs.slice(90 * fold, 90 * (fold + 1)).map(pair => pair.same)
    t.same(same, [...Array(45).fill(true), ...Array(45).fill(false)], `fold ${fold}`)
  }
  t.same(perIdentity(orl, pairs), Array(10).fill(45))
  t.end()
})

t.test('a pure function of seed and labels', t => {
  t.same(drawPairs(orl, { seed: 1, same: 100 }), drawPairs(orl, { seed: 1, same: 100 }))
  t.notSame(drawPairs(orl, { seed: 1, same: 100 }), drawPairs(orl, { seed: 2, same: 100 }))
  t.end()
})

t.test('identities give equally many same pairs, those with few all they have', t => {
  const labels = labelsOf([2, 3, 50, 1, 40])
  const pairs = drawPairs(labels, { seed: 3, same: 100, different: 50 })
  check(t, labels, pairs)
  t.equal(pairs.length, 150)
  t.same(
    pairs.slice(0, 15).map(pair => pair.same),
    [...Array(10).fill(true), ...Array(5).fill(false)],
  )
  t.same(perIdentity(labels, pairs), [1, 3, 48, 0, 48])
  const odd = perIdentity(orl, drawPairs(orl, { seed: 3, same: 30 }))
  t.same(odd, Array(10).fill(3))
  const uneven = labelsOf([10, 10, 10])
  const rests = [1, 2, 3, 4, 5, 6].map(seed =>
    perIdentity(uneven, drawPairs(uneven, { seed, same: 100, different: 0 })),
  )
  for (const rest of rests) t.same([...rest].sort(), [33, 33, 34])
  t.ok(new Set(rests.map(String)).size > 1, 'what does not divide goes to random identities')
  t.end()
})

t.test('all pairs there are can be drawn', t => {
  const labels = labelsOf([5, 5, 4])
  const pairs = drawPairs(labelsOf([5, 5]), { seed: 1, same: 20, different: 20 })
  check(t, labelsOf([5, 5]), pairs)
  t.equal(pairs.length, 40)
  const all = drawPairs(labels, { seed: 1, same: 20, different: 60 })
  check(t, labels, all)
  t.end()
})

t.test('different pairs: identities are equally likely, not images', t => {
  const labels = labelsOf([1000, 100, 100, 100])
  const pairs = drawPairs(labels, { seed: 1, same: 0, different: 600 })
  const withLargest = pairs.filter(({ left, right }) => labels[left] === 0 || labels[right] === 0).length
  t.ok(
    Math.abs(withLargest - 300) < 60,
    `${withLargest} of 600 are with the largest of four: by identity 300, by image 546`,
  )
  t.end()
})

t.test('same pairs of one identity are drawn uniformly: chi-square over seeds', t => {
  const labels = [0, 0, 0, 0, 0, 1, 1, 1, 1, 1]
  const counts = new Map<string, number>()
  const seeds = 2000
  for (let seed = 0; seed < seeds; seed++) {
    for (const { left, right, same } of drawPairs(labels, { seed, same: 10, different: 10 })) {
      if (same) counts.set(`${left},${right}`, (counts.get(`${left},${right}`) ?? 0) + 1)
    }
  }
  t.equal(counts.size, 20)
  const expected = (seeds * 10) / 20
  // Draws without replacement vary less than independent ones: half the variance here, and the quantile is generous.
  const chiSquare = [...counts.values()].reduce((sum, count) => sum + (count - expected) ** 2 / expected, 0)
  t.ok(chiSquare < 45.3, `chi-square ${chiSquare.toFixed(1)}`)
  t.end()
})

t.test('asked for more than there is', t => {
  const found = '450 and 4500 in 100 images of 10 identities'
  t.throws(() => drawPairs(orl, { seed: 1, same: 460, different: 10 }), {
    name: 'DataError',
    message: `expected 460 same and 10 different pairs, found ${found}`,
  })
  t.throws(() => drawPairs(orl, { seed: 1, same: 10, different: 4510 }), { name: 'DataError', found })
  t.throws(() => drawPairs([0, 0, 0, 1], { seed: 1 }), {
    name: 'DataError',
    found: '3 and 3 in 4 images of 2 identities',
  })
  t.throws(() => drawPairs([], { seed: 1 }), { name: 'DataError', found: '0 and 0 in 0 images of 0 identities' })
  t.end()
})
