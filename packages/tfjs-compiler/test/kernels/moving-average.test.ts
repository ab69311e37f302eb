import * as tf from '@tensorflow/tfjs-core'
import t from 'tap'
import { movingAverage } from '../../src/index.js'
import '../networks.js'

t.test('a share of the old, the rest of the new; the variance unbiased where asked', async t => {
  const [running, batch] = [tf.tensor1d([4, 8]), tf.tensor1d([8, 0])]
  t.same([...movingAverage(running, batch, 0.75).dataSync()], [5, 6])
  t.same([...movingAverage(running, batch, 0.75, 1.5).dataSync()], [6, 6])
})
