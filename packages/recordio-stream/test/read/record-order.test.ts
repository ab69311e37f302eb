import { mersenneTwister, shuffledOrder } from '@tiny-face/seeded-random'
import t from 'tap'
import { orderEntries, parseOrder } from '../../src/read/record-order.js'

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
  t.same([...orderEntries(indexes, { shuffle: 5 })], [...shuffledOrder(5, mersenneTwister(5))])
  t.end()
})
