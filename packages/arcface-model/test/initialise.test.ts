import t from 'tap'
import { constant, normal, randomOf, uniformFanIn, uniformXavier } from '../src/initialise.js'

const SIZE = 100_000

function moments(values: Float32Array): { mean: number; deviation: number; kurtosis: number } {
  const mean = values.reduce((sum, value) => sum + value, 0) / values.length
  const power = (p: number) => values.reduce((sum, value) => sum + (value - mean) ** p, 0) / values.length
  return { mean, deviation: Math.sqrt(power(2)), kurtosis: power(4) / power(2) ** 2 }
}

t.test('normal: mean, deviation and the fourth moment of a normal distribution', async t => {
  const { mean, deviation, kurtosis } = moments(normal(0.1)(SIZE, randomOf(1, 'filter')))
  // Four standard errors: 0.1 / sqrt(n), 0.1 / sqrt(2n), sqrt(24 / n).
  t.ok(Math.abs(mean) < 0.0013, `mean ${mean}`)
  t.ok(Math.abs(deviation - 0.1) < 0.0009, `deviation ${deviation}`)
  t.ok(Math.abs(kurtosis - 3) < 0.062, `kurtosis ${kurtosis}`)
})

t.test('uniform: as far as the bound on both sides, and no further', async t => {
  for (const [initialiser, bound] of [
    [uniformFanIn(100), 0.1],
    [uniformXavier(20, 4), 0.5],
  ] as const) {
    const values = initialiser(SIZE, randomOf(1, 'x'))
    const { mean, deviation } = moments(values)
    t.ok(values.every(value => Math.abs(value) <= bound))
    t.ok(Math.max(...values.subarray(0, 1000)) > 0.99 * bound && Math.min(...values.subarray(0, 1000)) < -0.99 * bound)
    t.ok(Math.abs(mean) < 0.008 * bound, `mean ${mean}`)
    t.ok(Math.abs(deviation / bound - 1 / Math.sqrt(3)) < 0.004, `deviation ${deviation}`)
  }
  t.strictSame(constant(0.25)(3, Math.random), Float32Array.of(0.25, 0.25, 0.25))
})

t.test('the numbers of a variable depend on the seed and its name alone', async t => {
  const numbers = (seed: number, name: string) => normal(1)(20, randomOf(seed, name))
  t.strictSame(numbers(1, 'a'), numbers(1, 'a'))
  t.notSame(numbers(1, 'a'), numbers(2, 'a'))
  t.notSame(numbers(1, 'a'), numbers(1, 'b'))
})
