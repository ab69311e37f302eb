import { xoroshiro } from '@tiny-face/seeded-random'
import { test } from 'tap'
import { poissonNumbers } from '../../src/bootstrap/poisson-numbers.js'

test("Poisson's distribution of mean 1", async t => {
  const numbers = new Uint8Array(1_000_001)
  poissonNumbers(numbers, xoroshiro(3))
  const shares = new Float64Array(9)
  for (const number of numbers) shares[number]!++
  // exp(-1) / k!
  for (const [k, probability] of [0.36787944, 0.36787944, 0.18393972, 0.06131324, 0.01532831, 0.00306566].entries()) {
    const share = shares[k]! / numbers.length
    t.ok(Math.abs(share - probability) < 0.0025, `${share} of ${k}`)
  }
  t.ok(Math.max(...shares.subarray(6)) / numbers.length < 0.002)
})

test('every word decides two numbers, and the same seed the same ones', async t => {
  const draw = (seed: number) => {
    const numbers = new Uint8Array(101)
    poissonNumbers(numbers, xoroshiro(seed))
    return [...numbers]
  }
  t.strictSame(draw(1), draw(1))
  t.notSame(draw(1), draw(2))
  const words: number[] = [0, 0xffff]
  const pair = new Uint8Array(4)
  poissonNumbers(pair, { word: () => words.shift()! })
  t.strictSame([...pair.subarray(0, 2)], [0, 0])
  t.ok(pair[2]! >= 7 && pair[3] === 0)
})
