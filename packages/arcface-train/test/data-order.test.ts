import t from 'tap'
import { epochOrder, stepRandom } from '../src/index.js'

t.test('an order holds each record once, and depends on seed and epoch alone', async t => {
  const order = epochOrder(1, 0, 1000)
  t.strictSame(
    [...order].sort((a, b) => a - b),
    Array.from({ length: 1000 }, (_, i) => i),
  )
  t.strictSame(epochOrder(1, 0, 1000), order)
  t.notSame(epochOrder(1, 1, 1000), order)
  t.notSame(epochOrder(2, 0, 1000), order)
})

t.test('orders are uniform: where a record stands, over many epochs', async t => {
  const counts = Array.from({ length: 10 }, () => new Array(10).fill(0))
  const epochs = 5000
  for (let epoch = 0; epoch < epochs; epoch++)
    for (const [place, record] of epochOrder(3, epoch, 10).entries()) counts[record]![place]++
  const expected = epochs / 10
  const chi2 = counts.flat().reduce((sum, count) => sum + (count - expected) ** 2 / expected, 0)
  // 81 degrees of freedom: 126 is passed once in a thousand.
  t.ok(chi2 < 126, `chi-square ${chi2.toFixed(1)}`)
})

t.test('what a step drops out is decided by seed and step alone, and lies in the range of the kernel', async t => {
  const numbers = Array.from({ length: 1000 }, (_, step) => stepRandom(1, step))
  t.ok(numbers.every(number => Number.isInteger(number) && number >= 0 && number < 2 ** 31))
  t.equal(new Set(numbers).size, 1000)
  const high = numbers.filter(number => number >= 2 ** 30).length
  t.ok(Math.abs(high - 500) < 64, `${high} of 1000 in the upper half`)
  t.equal(stepRandom(1, 7), numbers[7])
  t.not(stepRandom(2, 7), numbers[7])
})
