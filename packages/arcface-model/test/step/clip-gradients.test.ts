import '@tensorflow/tfjs-backend-cpu'
import * as tf from '@tensorflow/tfjs-core'
import t from 'tap'
import { clip } from '../../src/index.js'

await tf.setBackend('cpu')

/** Together they are 13 long: 3² + 4² + 12². */
const gradients = { a: tf.tensor2d([[3, 4]]), b: tf.tensor1d([0, -12, 0]) }

t.test('the norm is that of all gradients as one vector', async t => {
  const { norm, squaredNorms, gradients: same } = clip(gradients)
  t.equal(norm.dataSync()[0], 13)
  t.strictSame([...squaredNorms.dataSync()], [25, 144])
  t.equal(same, gradients, 'without a limit they are left alone')
})

t.test('longer than the limit, all are scaled alike; shorter, they stay', async t => {
  const { gradients: clipped, norm } = clip(gradients, 6.5)
  t.equal(norm.dataSync()[0], 13, 'the norm is what it was')
  for (const [name, expected] of [
    ['a', [1.5, 2]],
    ['b', [0, -6, 0]],
  ] as const)
    for (const [i, value] of clipped[name]!.dataSync().entries()) t.ok(Math.abs(value - expected[i]!) < 1e-5, name)
  t.strictSame([...clip(gradients, 13.1).gradients.b!.dataSync()], [0, -12, 0])
})
