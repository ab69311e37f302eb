import * as tf from '@tensorflow/tfjs-core'
import t from 'tap'
import { batchNormTraining } from '../../src/index.js'
import { randomInputs } from '../networks.js'

const EPSILON = 1e-3

/** Batch norm composed of tfjs's own functions, differentiated by tfjs itself. */
function composed(x: tf.Tensor, scale: tf.Tensor, offset: tf.Tensor): tf.Tensor {
  const { mean, variance } = tf.moments(x, [...Array(x.rank - 1).keys()])
  return tf.add(tf.mul(tf.div(tf.sub(x, mean), tf.sqrt(tf.add(variance, EPSILON))), scale), offset)
}

const whole = (x: tf.Tensor, scale: tf.Tensor, offset: tf.Tensor) =>
  batchNormTraining(x as tf.Tensor4D, scale as tf.Tensor1D, offset as tf.Tensor1D, EPSILON).y

const furthest = (a: tf.Tensor, b: tf.Tensor) => tf.max(tf.abs(tf.sub(a, b))).dataSync()[0]!

for (const shape of [
  [3, 5, 4, 6],
  [7, 6],
]) {
  t.test(`[${shape}]: values, statistics and gradients equal the composed ones`, async t => {
    const { x, scale, offset, weight } = randomInputs({ x: shape, scale: [6], offset: [6], weight: shape }) as Record<
      string,
      tf.Tensor
    >
    const loss = (f: typeof composed) =>
      tf.valueAndGrads((x, scale, offset) => tf.sum(tf.mul(f(x!, scale!, offset!), weight!)))
    const inputs = [x!, scale!, offset!]
    const [found, expected] = [loss(whole)(inputs), loss(composed)(inputs)]
    t.ok(furthest(found.value, expected.value) < 1e-5)
    for (const [index, gradient] of found.grads.entries())
      t.ok(furthest(gradient, expected.grads[index]!) < 1e-5, `gradient ${index}`)

    const { mean, variance } = batchNormTraining(x as tf.Tensor4D, scale as tf.Tensor1D, offset as tf.Tensor1D, EPSILON)
    const moments = tf.moments(x!, [...Array(x!.rank - 1).keys()])
    t.ok(furthest(mean, moments.mean) < 1e-6)
    t.ok(furthest(variance, moments.variance) < 1e-6, 'the biased variance')
  })
}

t.test('no gradient flows through the statistics', async t => {
  const { x, scale, offset } = randomInputs({ x: [4, 3], scale: [3], offset: [3] })
  const through = (x: tf.Tensor) => {
    const { y, mean, variance } = batchNormTraining(
      x as tf.Tensor2D,
      scale as tf.Tensor1D,
      offset as tf.Tensor1D,
      EPSILON,
    )
    return tf.add(tf.sum(tf.square(y)), tf.sum(tf.mul(mean, variance)))
  }
  const alone = (x: tf.Tensor) => tf.sum(tf.square(whole(x, scale!, offset!)))
  t.same([...tf.grad(through)(x!).dataSync()], [...tf.grad(alone)(x!).dataSync()])
  const mean = (x: tf.Tensor) =>
    tf.sum(batchNormTraining(x as tf.Tensor2D, scale as tf.Tensor1D, offset as tf.Tensor1D, EPSILON).mean)
  t.throws(() => tf.grad(mean)(x!), { message: /Cannot compute gradient/ }, 'and asking for one fails aloud')
})

t.test('leaves no tensors behind', async t => {
  const { x, scale, offset } = randomInputs({ x: [4, 3], scale: [3], offset: [3] })
  const before = tf.memory().numTensors
  const { value, grads } = tf.valueAndGrads((x, scale, offset) => tf.sum(whole(x!, scale!, offset!)))([
    x!,
    scale!,
    offset!,
  ])
  tf.dispose([value, grads])
  t.equal(tf.memory().numTensors, before)
})

t.test('outside a gradient too, all that is left is what it returns', async t => {
  const { x, scale, offset } = randomInputs({ x: [4, 3], scale: [3], offset: [3] })
  const before = tf.memory().numTensors
  const result = batchNormTraining(x as tf.Tensor2D, scale as tf.Tensor1D, offset as tf.Tensor1D, EPSILON)
  t.equal(tf.memory().numTensors, before + 3)
  t.equal(result.mean.dataSync().length, 3)
  tf.dispose(Object.values(result))
  t.equal(tf.memory().numTensors, before)
})
