import { test } from 'tap'
import { discordantPairs, mcnemar } from '../../src/compare/mcnemar.js'

test("scipy.stats.binomtest's p", async t => {
  for (const [first, second, p] of [
    [0, 0, 1],
    [3, 9, 0.14599609375],
    [5, 5, 1.0],
    [0, 8, 0.0078125],
    [120, 80, 0.005685155996750306],
    [15, 45, 0.00013451408092849532],
    [1000, 1200, 2.181702640791419e-5],
    [1, 0, 1.0],
    [40000, 40500, 0.07862036880511004],
  ] as const) {
    t.ok(Math.abs(mcnemar(first, second) - p) < 1e-9 * p, `${first} and ${second}`)
    t.equal(mcnemar(second, first), mcnemar(first, second))
  }
})

test('pairs that only one decided rightly', async t => {
  const right = (text: string) => Uint8Array.from(text, Number)
  const [first, second] = [right('1111000011'), right('0001010011')]
  t.strictSame(discordantPairs(first, second), { onlyFirst: 3, onlySecond: 1, p: mcnemar(3, 1) })
  t.strictSame(discordantPairs(first, first), { onlyFirst: 0, onlySecond: 0, p: 1 })
})
