import t from 'tap'
import { learningRate, type Schedule } from '../src/learning-rate.js'

const base: Schedule = { kind: 'cosine', rates: [0.1], boundaries: [], warmup: 0, steps: 100 }
const near = (a: number, b: number) => Math.abs(a - b) < 1e-12

t.test('cosine falls from the rate to 0 over all steps', async t => {
  t.ok(near(learningRate(base, 0), 0.1))
  t.ok(near(learningRate(base, 50), 0.05))
  t.ok(near(learningRate(base, 25), 0.05 * (1 + Math.SQRT1_2)))
})

t.test('a warm-up rises in equal parts and the rest follows it', async t => {
  const schedule = { ...base, warmup: 10, steps: 110 }
  t.ok(near(learningRate(schedule, 0), 0.01))
  t.ok(near(learningRate(schedule, 9), 0.1))
  t.ok(near(learningRate(schedule, 10), 0.1))
  t.ok(near(learningRate(schedule, 60), 0.05))
})

t.test("polynomial is insightface's recurrence", async t => {
  // PolynomialLRWarmup.get_lr: each rate from the one before, with power 2; its step 1 is our step 0.
  const [warmup, steps, power] = [10, 110, 2]
  const schedule: Schedule = { ...base, kind: 'polynomial', rates: [0.4], warmup, steps }
  t.ok(near(learningRate(schedule, 4), 0.2))
  let rate = learningRate(schedule, warmup)
  t.ok(near(rate, 0.4))
  for (let l = warmup + 1; l < steps; l++) {
    rate *= ((1 - (l - warmup) / (steps - warmup)) / (1 - (l - 1 - warmup) / (steps - warmup))) ** power
    t.ok(near(learningRate(schedule, l), rate))
  }
  t.ok(near(learningRate(schedule, 60), 0.1), 'a quarter of it halfway')
})

t.test('linear and piecewise', async t => {
  t.ok(near(learningRate({ ...base, kind: 'linear' }, 75), 0.025))
  const piecewise: Schedule = { ...base, kind: 'piecewise', rates: [1, 0.5, 0.3, 0.1], boundaries: [40, 60, 80] }
  t.strictSame(
    [0, 39, 40, 59, 60, 79, 80, 99].map(step => learningRate(piecewise, step)),
    [1, 1, 0.5, 0.5, 0.3, 0.3, 0.1, 0.1],
  )
})
