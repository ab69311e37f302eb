import * as tf from '@tensorflow/tfjs-core'
import t from 'tap'
import { momentumUpdate, movingAverage } from '../../src/index.js'
import '../networks.js'

/** By hand, from the rule in PyTorch's documentation of SGD: p = [1, -2], gradients [0.5, 0.25] twice, v = 0 at first. */
const AFTER = [
  { parameter: [0.949, -2.023], velocity: [0.51, 0.23] },
  { parameter: [0.852151, -2.066677], velocity: [0.96849, 0.43677] },
]

t.test('two steps equal those of the reference', async t => {
  let state = { parameter: tf.tensor1d([1, -2]), velocity: tf.zeros([2]) as tf.Tensor1D }
  for (const expected of AFTER) {
    state = momentumUpdate(state.parameter, state.velocity, tf.tensor1d([0.5, 0.25]), tf.scalar(0.1), {
      momentum: 0.9,
      weightDecay: 0.01,
    })
    for (const name of ['parameter', 'velocity'] as const) {
      for (const [index, value] of state[name].dataSync().entries())
        t.ok(Math.abs(value - expected[name][index]!) < 1e-6, `${name} ${value}`)
    }
  }
})

t.test('a share of the old, the rest of the new; the variance unbiased where asked', async t => {
  const [running, batch] = [tf.tensor1d([4, 8]), tf.tensor1d([8, 0])]
  t.same([...movingAverage(running, batch, 0.75).dataSync()], [5, 6])
  t.same([...movingAverage(running, batch, 0.75, 1.5).dataSync()], [6, 6])
})
