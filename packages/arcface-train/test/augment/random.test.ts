import t from 'tap'
import { type Draw, Random } from '../../src/augment/random.js'

const firsts = (draws: readonly Draw[], purpose = 0) => draws.map(draw => new Random(draw, purpose).uniform([0, 1]))
const records = Array.from({ length: 10_000 }, (_, record) => ({ seed: 1, epoch: 0, record }))

t.test('the same of (seed, epoch, record, purpose) is the same number, another of any is another', async t => {
  const draw = { seed: 1, epoch: 2, record: 3 }
  const first = firsts([draw])
  t.strictSame(firsts([{ ...draw }]), first)
  for (const other of [
    { ...draw, seed: 2 },
    { ...draw, epoch: 3 },
    { ...draw, record: 4 },
  ])
    t.notSame(firsts([other]), first)
  t.notSame(firsts([draw], 1), first)
})

t.test('neighbouring records, epochs, seeds and purposes have nothing in common', async t => {
  const here = firsts(records)
  const others = {
    'the next record': firsts(records.map(draw => ({ ...draw, record: draw.record + 1 }))),
    'the next epoch': firsts(records.map(draw => ({ ...draw, epoch: 1 }))),
    'the next seed': firsts(records.map(draw => ({ ...draw, seed: 2 }))),
    'the next purpose': firsts(records, 1),
    'the next number': records.map(draw => {
      const random = new Random(draw, 0)
      random.uniform([0, 1])
      return random.uniform([0, 1])
    }),
  }
  for (const [name, there] of Object.entries(others)) {
    // Of 64 fields of the square as many each: 63 degrees of freedom, 104 is passed once in a thousand.
    const fields = new Array<number>(64).fill(0)
    for (const [i, value] of here.entries()) fields[Math.floor(value * 8) * 8 + Math.floor(there[i]! * 8)]!++
    const expected = here.length / 64
    const chi2 = fields.reduce((sum, count) => sum + (count - expected) ** 2 / expected, 0)
    t.ok(chi2 < 104, `${name}: chi-square ${chi2.toFixed(1)}`)
  }
})

t.test('whole numbers reach both ends, and picks reach every choice', async t => {
  const random = new Random({ seed: 1, epoch: 0, record: 0 }, 0)
  const drawn = Array.from({ length: 500 }, () => random.whole([-2, 2]))
  t.strictSame(
    [...new Set(drawn)].sort((a, b) => a - b),
    [-2, -1, 0, 1, 2],
  )
  t.strictSame([...new Set(Array.from({ length: 100 }, () => random.pick(['a', 'b', 'c'])))].sort(), ['a', 'b', 'c'])
})

t.test('a ratio and its inverse are equally likely', async t => {
  const random = new Random({ seed: 1, epoch: 0, record: 0 }, 0)
  const over = Array.from({ length: 10_000 }, () => random.ratio([1 / 3, 3])).filter(ratio => ratio > 1).length
  t.ok(Math.abs(over - 5000) < 200, `${over} of 10000`)
})
