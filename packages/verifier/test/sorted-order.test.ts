import { test } from 'tap'
import { sortedOrder } from '../src/sorted-order.js'

test('sorts as a comparison sort does, equal values in their order', async t => {
  let state = 7
  const random = () => {
    state = (Math.imul(state, 1664525) + 1013904223) >>> 0
    return state / 2 ** 32
  }
  const sets = [
    [],
    [3],
    Array(50).fill(1.25),
    [2, 1, 0],
    Array.from({ length: 3000 }, () => Math.round(random() * 40) / 8),
    Array.from({ length: 3000 }, () => random() * 2 ** (random() * 200 - 100)),
    Array.from({ length: 3000 }, () => Math.floor(random() * 2 ** 53)),
    [Number.MAX_VALUE, 5e-324, 0, 1, 2 ** 53 - 1, 65535, 65536],
  ]
  for (const values of sets) {
    const order = [...sortedOrder(Float64Array.from(values))]
    const expected = values.map((_, i) => i).sort((a, b) => values[a]! - values[b]! || a - b)
    t.strictSame(order, expected)
  }
})

test('sorts a part of a buffer', async t => {
  t.strictSame([...sortedOrder(Float64Array.of(9, 3, 1, 2, 0).subarray(1, 4))], [1, 2, 0])
})
