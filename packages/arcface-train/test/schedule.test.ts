import t from 'tap'
import { learningRate, type Schedule } from '../src/index.js'

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

t.test('linear and piecewise', async t => {
  t.ok(near(learningRate({ ...base, kind: 'linear' }, 75), 0.025))
  const piecewise: Schedule = { ...base, kind: 'piecewise', rates: [1, 0.5, 0.3, 0.1], boundaries: [40, 60, 80] }
  t.strictSame(
    [0, 39, 40, 59, 60, 79, 80, 99].map(step => learningRate(piecewise, step)),
    [1, 1, 0.5, 0.5, 0.3, 0.3, 0.1, 0.1],
  )
})
