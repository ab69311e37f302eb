import { mersenneTwister, shuffledOrder } from '@tiny-face/seeded-random'
import t from 'tap'
import { orderEntries } from '../../src/read/record-order.js'

t.test('by keys, file by file', t => {
  const indexes = [
    { file: 'a', keys: [3, 1, 2], offsets: [0, 8, 16] },
    { file: 'b', keys: ['x', 0], offsets: [0, 8] },
  ]
  t.same([...orderEntries(indexes, 'index')], [1, 2, 0, 4, 3])
  t.same([...orderEntries(indexes, { shuffle: 5 })], [...shuffledOrder(5, mersenneTwister(5))])
  t.end()
})
