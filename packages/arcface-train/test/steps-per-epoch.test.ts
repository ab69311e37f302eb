import t from 'tap'
import { stepsOf, stepsPerEpoch, stepsToTake } from '../src/steps-per-epoch.js'

t.test("an epoch's last, incomplete batch is left out", async t => {
  t.equal(stepsPerEpoch({ images: 127, batchSize: 64 }), 1)
  t.equal(stepsPerEpoch({ images: 128, batchSize: 64 }), 2)
})

t.test('a span is in steps, or in epochs', async t => {
  t.equal(stepsOf({ steps: 7 }, 10), 7)
  t.equal(stepsOf({ epochs: 7 }, 10), 70)
})

t.test('a run takes the steps of its schedule, or of the epochs after which it stops', async t => {
  const config = { images: 1000, batchSize: 100, steps: 35 }
  t.equal(stepsToTake(config), 35)
  t.equal(stepsToTake({ ...config, stopAfter: 2 }), 20)
  t.equal(stepsToTake({ ...config, stopAfter: 4 }), 35)
})
