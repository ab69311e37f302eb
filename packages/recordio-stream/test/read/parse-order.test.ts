import t from 'tap'
import { parseOrder } from '../../src/read/parse-order.js'

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
