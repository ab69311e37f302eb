import { test } from 'tap'
import { IndexSet } from '../../src/pairs/index-set.js'

test('holds what was added, near and far, and nothing else', async t => {
  const set = new IndexSet()
  const added = [0, 7, 8, 4095, 4096, 4097, 2 ** 31, 2 ** 32 + 3, 2 ** 53 - 1]
  for (const index of added) {
    t.equal(set.has(index), false)
    set.add(index)
    t.equal(set.has(index), true, String(index))
  }
  for (const index of [1, 6, 9, 4094, 4098, 8192, 2 ** 31 + 1, 2 ** 32, 2 ** 53 - 2]) t.equal(set.has(index), false)
})
