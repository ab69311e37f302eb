import t from 'tap'
import { orderEntries, parseOrder, shuffledOrder } from '../src/record-order.js'

t.test('names', t => {
  t.equal(parseOrder('file'), 'file')
  t.equal(parseOrder('index'), 'index')
  t.same(parseOrder('shuffle:0'), { shuffle: 0 })
  t.same(parseOrder('shuffle:4294967295'), { shuffle: 4294967295 })
  for (const text of ['', 'shuffle', 'key', 'shuffle:1:2']) t.throws(() => parseOrder(text), { message: /order|seed/i })
  for (const text of ['shuffle:', 'shuffle:-1', 'shuffle:4294967296'])
    t.throws(() => parseOrder(text), { message: /seed/ })
  t.end()
})

t.test('by keys, file by file', t => {
  const indexes = [
    { file: 'a', keys: [3, 1, 2], offsets: [0, 8, 16] },
    { file: 'b', keys: ['x', 0], offsets: [0, 8] },
  ]
  t.same([...orderEntries(indexes, 'index')], [1, 2, 0, 4, 3])
  t.same([...orderEntries(indexes, { shuffle: 5 })], [...shuffledOrder(5, 5)])
  t.end()
})

t.test('a shuffle is a permutation that the seed decides', t => {
  const order = shuffledOrder(1000, 1)
  t.same(
    [...order].sort((a, b) => a - b),
    Array.from({ length: 1000 }, (_, i) => i),
  )
  t.same(shuffledOrder(1000, 1), order)
  t.notSame(shuffledOrder(1000, 2), order)
  t.same([...shuffledOrder(0, 1)], [])
  t.same([...shuffledOrder(1, 1)], [0])
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
  t.same([...shuffledOrder(10, 1)], order)
  t.end()
})

t.test('every order of four is as likely as any other', t => {
  const counts = new Map<string, number>()
  const draws = 24_000
  for (let seed = 0; seed < draws; seed++) {
    const name = shuffledOrder(4, seed).join('')
    counts.set(name, (counts.get(name) ?? 0) + 1)
  }
  t.equal(counts.size, 24)
  const chiSquare = [...counts.values()].reduce((sum, count) => sum + (count - 1000) ** 2 / 1000, 0)
  // 23 degrees of freedom: 49.7 is exceeded once in a thousand.
  t.ok(chiSquare < 49.7, `chi-square ${chiSquare}`)
  t.end()
})
