import t from 'tap'
import { mersenneTwister, randomFrom, shuffledOrder, xoroshiro } from '../src/index.js'

t.test('a shuffle is a permutation that the seed decides', t => {
  const order = shuffledOrder(1000, mersenneTwister(1))
  t.same(
    [...order].sort((a, b) => a - b),
    Array.from({ length: 1000 }, (_, i) => i),
  )
  t.same(shuffledOrder(1000, mersenneTwister(1)), order)
  t.notSame(shuffledOrder(1000, mersenneTwister(2)), order)
  t.same([...shuffledOrder(0, mersenneTwister(1))], [])
  t.same([...shuffledOrder(1, mersenneTwister(1))], [0])
  t.end()
})

t.test('its rule is as documented', t => {
  // The first words of MT19937 seeded with 1 (mt19937ar.c, init_genrand(1)).
  const words = [1791095845, 4282876139, 3093770124, 4005303368, 491263, 550290313, 1298508491, 4290846341, 630311759]
  const order = Array.from({ length: 10 }, (_, i) => i)
  for (let i = 9; i > 0; i--) {
    const j = ((words[9 - i]! + 2 ** 31) % 2 ** 32) % (i + 1)
    ;[order[i], order[j]] = [order[j]!, order[i]!]
  }
  t.same([...shuffledOrder(10, mersenneTwister(1))], order)
  t.end()
})

t.test('every order of four is as likely as any other', t => {
  const counts = new Map<string, number>()
  const draws = 24_000
  for (let seed = 0; seed < draws; seed++) {
    const name = shuffledOrder(4, mersenneTwister(seed)).join('')
    counts.set(name, (counts.get(name) ?? 0) + 1)
  }
  t.equal(counts.size, 24)
  const chiSquare = [...counts.values()].reduce((sum, count) => sum + (count - 1000) ** 2 / 1000, 0)
  // 23 degrees of freedom: 49.7 is exceeded once in a thousand.
  t.ok(chiSquare < 49.7, `chi-square ${chiSquare}`)
  t.end()
})

t.test("MT19937's words and its numbers of 53 bits", t => {
  // By Python's random, set to the state that init_genrand(5) makes.
  const random = mersenneTwister(5)
  t.same([random.word() >>> 0, random.word() >>> 0, random.word() >>> 0], [953453411, 236996814, 3739766767])
  t.end()
})

t.test('numbers for one purpose depend on each word', t => {
  const first = randomFrom([1, 2, 3, 4]).word()
  t.equal(randomFrom([1, 2, 3, 4]).word(), first)
  for (let word = 0; word < 4; word++) {
    const other: [number, number, number, number] = [1, 2, 3, 4]
    other[word]!++
    t.not(randomFrom(other).word(), first, `word ${word}`)
  }
  t.end()
})

t.test('uniform and whole numbers lie within their bounds, and reach both ends', t => {
  for (const random of [mersenneTwister(1), xoroshiro(1), randomFrom([1, 0, 0, 0])]) {
    const uniform = Array.from({ length: 1000 }, random.uniform)
    t.ok(uniform.every(value => value >= 0 && value < 1))
    t.ok(Math.min(...uniform) < 0.01 && Math.max(...uniform) > 0.99)
    t.same(new Set(Array.from({ length: 100 }, () => random.whole(3, 5))), new Set([3, 4, 5]))
  }
  t.end()
})
