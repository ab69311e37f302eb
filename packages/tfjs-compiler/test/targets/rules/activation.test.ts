/** Activations against tfjs's own, PReLU and its gradient against their definitions in float64. */
import * as tf from '@tensorflow/tfjs-core'
import t from 'tap'
import { compareKernel, count, near, randomValues } from '../one-kernel.js'
import { everyWay, SHAPES, sum } from './every-way.js'

const image = [2, 3, 5, 4] as const

t.test('activations of one tensor', async t => {
  for (const op of ['Elu', 'Relu', 'Relu6', 'Selu', 'Sigmoid', 'Softplus'])
    await compareKernel(t, op, { x: { shape: image, values: randomValues(120).map(value => 9 * value) } })
  await compareKernel(t, 'LeakyRelu', { x: { shape: image } }, { alpha: 0.3 })
  await compareKernel(t, 'Step', { x: { shape: [5], values: Float32Array.of(-1, 0, 2, -0, 3) } }, { alpha: 0 })
  await compareKernel(t, 'Step', { x: { shape: [3], values: Float32Array.of(-1, 0, 2) } }, { alpha: 0.5 })
  await compareKernel(t, 'EluGrad', { dy: { shape: image }, y: { shape: image } })
})

t.test("the gradient of ReLU6, tfjs's, at its corners too", async t => {
  for (const shape of [...SHAPES, [10]]) {
    const [dy, x] = [randomValues(count(shape)), randomValues(count(shape), 3).map(value => 3 + 9 * value)]
    if (shape.length === 1) x.set([-1, -0, 0, 1e-6, 3, 5.999, 6, 6.001, 7, 1e9])
    const dx = dy.map((value, i) => (x[i]! > 0 && x[i]! <= 6 ? value : 0))
    const own = tf
      .grad((x: tf.Tensor) => tf.relu6(x))(tf.tensor(x, shape), tf.tensor(dy, shape))
      .dataSync()
    near(t, own, dx, 'as tfjs takes it')
    const given = { dy: { shape, values: dy }, x: { shape, values: x } }
    await everyWay('Relu6Grad', given, { dx: shape }, {}, (found, way) => near(t, found.dx!, dx, way))
  }
})

t.test('Softmax', async t => {
  const logits = { shape: [3, 7], values: randomValues(21).map(x => 30 * x) }
  await compareKernel(t, 'Softmax', { logits }, { dim: 1 })
})

t.test('Prelu and PreluGrad, slopes above 1 and below 0 too', async t => {
  for (const shape of SHAPES) {
    const channels = shape.at(-1)!
    const [x, dy] = [randomValues(count(shape)), randomValues(count(shape), 4)]
    const alpha = randomValues(channels, 2).map(value => 2 * value)
    const given = { x: { shape, values: x }, alpha: { shape: [channels], values: alpha } }
    const y = Array.from(x, (value, i) => (value > 0 ? value : alpha[i % channels]! * value))
    await everyWay('Prelu', given, { y: shape }, {}, (found, way) => near(t, found.y!, y, way))
    const dx = Array.from(dy, (g, i) => (x[i]! > 0 ? g : alpha[i % channels]! * g))
    const dalpha = Array.from(alpha, (_, c) =>
      sum(x.length / channels, row => Math.min(0, x[row * channels + c]!) * dy[row * channels + c]!),
    )
    await everyWay(
      'PreluGrad',
      { dy: { shape, values: dy }, ...given },
      { dx: shape, dalpha: [channels] },
      {},
      (found, way) => {
        near(t, found.dx!, dx, `${way} dx`)
        near(t, found.dalpha!, dalpha, `${way} dalpha`)
      },
    )
  }
})
