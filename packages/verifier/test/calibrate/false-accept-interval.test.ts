import { test } from 'tap'
import { effectivePairs, rateInterval } from '../../src/calibrate/false-accept-interval.js'

test('where no two false accepts share a person, every pair of faces counts', async t => {
  // 6 people of one face: 15 pairs, of which 0-1 and 2-3 are accepted.
  const at = effectivePairs({ accepted: 2, left: [0, 3], right: [1, 2], faces: [1, 1, 1, 1, 1, 1] })
  t.equal(at.pairs, 15)
  t.equal(at.accepted, 2)
})

test("the variance is that of its definition, summed over all couples of people's pairs that share a person", async t => {
  const faces = [3, 1, 2, 4, 2, 1, 1, 2, 2, 1, 3, 1]
  const people = faces.length
  // Person 3 is taken for many others, for one of them in two pairs of images.
  const left = [3, 3, 3, 4, 3, 3, 5, 3]
  const right = [0, 0, 1, 3, 5, 7, 9, 10]
  const couples: { a: number; b: number; error: number }[] = []
  let pairs = 0
  for (let a = 0; a < people; a++) for (let b = a + 1; b < people; b++) pairs += faces[a]! * faces[b]!
  for (let a = 0; a < people; a++) {
    for (let b = a + 1; b < people; b++) {
      const accepted = left.filter((_, i) => Math.min(left[i]!, right[i]!) === a && Math.max(left[i]!, right[i]!) === b)
      couples.push({ a, b, error: accepted.length - (left.length / pairs) * faces[a]! * faces[b]! })
    }
  }
  let variance = 0
  for (const x of couples) {
    for (const y of couples) {
      if (x.a === y.a || x.a === y.b || x.b === y.a || x.b === y.b) variance += x.error * y.error
    }
  }
  const rate = left.length / pairs
  const { pairs: effective, accepted } = effectivePairs({ accepted: left.length, left, right, faces })
  t.ok(Math.abs(effective - (rate * (1 - rate)) / (variance / pairs ** 2)) < 1e-9)
  t.ok(effective < pairs / 2)
  t.ok(Math.abs(accepted - effective * rate) < 1e-12)
})

test('many images of few pairs of people count as few', async t => {
  // Two pairs of people out of 45, each in all 25 pairs of images.
  const left = Array.from({ length: 50 }, (_, i) => (i < 25 ? 0 : 2))
  const right = left.map(person => person + 1)
  const { accepted } = effectivePairs({ accepted: 50, left, right, faces: new Array(10).fill(5) })
  t.ok(accepted > 1.9 && accepted < 2.1, `${accepted}`)
})

test("of independent pairs and many people the interval is Clopper and Pearson's of the closest pairs", async t => {
  // SciPy 1.15.2: stats.beta.ppf([.025, .975], 3, 9998)
  const [low, high] = rateInterval({ pairs: 10_000, accepted: 3 }, 1e6)
  t.ok(Math.abs(low / 6.187148574838716e-5 - 1) < 1e-5)
  t.ok(Math.abs(high / 0.0007222800577237158 - 1) < 1e-5, `${high}`)
})

test('where all people are taken for each other as often, no pair counts for more than one', async t => {
  // Three people of two faces: of each pair of people, one of the four pairs of faces.
  const { pairs, accepted } = effectivePairs({ accepted: 3, left: [0, 0, 1], right: [1, 2, 2], faces: [2, 2, 2] })
  t.equal(pairs, 12)
  t.equal(accepted, 3)
})

test("fewer people make it wider, by Student's t", async t => {
  // SciPy: stats.beta.ppf([.025, .975], 20 c, 1000 c + 1 - 20 c), c = (stats.norm.isf(.025) / stats.t.isf(.025, 9)) ** 2
  const [low, high] = rateInterval({ pairs: 1000, accepted: 20 }, 10)
  t.ok(Math.abs(low / 0.011239337323566693 - 1) < 1e-7, `${low}`)
  t.ok(Math.abs(high / 0.03111588894929066 - 1) < 1e-7, `${high}`)
})
