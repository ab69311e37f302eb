import * as tf from '@tensorflow/tfjs-core'
import t from 'tap'
import { prelu } from '../../src/index.js'
import { randomInputs } from '../networks.js'

t.test('values and gradients equal those of relu(x) - alpha relu(-x)', async t => {
  const { x, slope, weight } = randomInputs({ x: [3, 4, 5, 6], slope: [6], weight: [3, 4, 5, 6] })
  const loss = (f: (x: tf.Tensor, slope: tf.Tensor) => tf.Tensor) =>
    tf.valueAndGrads((x, slope) => tf.sum(tf.mul(f(x!, slope!), weight!)))([x!, slope!])
  const found = loss((x, slope) => prelu(x, slope as tf.Tensor1D))
  const expected = loss((x, slope) => tf.sub(tf.relu(x), tf.mul(slope, tf.relu(tf.neg(x)))))
  for (const [a, b] of [
    [found.value, expected.value],
    ...found.grads.map((gradient, index) => [gradient, expected.grads[index]!]),
  ]) {
    t.ok(tf.max(tf.abs(tf.sub(a!, b!))).dataSync()[0]! < 1e-5)
  }
})

t.test('at zero the gradient is the negative side, and a slope of any broadcastable shape gets its own', async t => {
  const zero = tf.zeros([2, 3])
  t.same(
    [
      ...tf
        .grad(x => tf.sum(prelu(x, tf.tensor1d([0.25, 0.5, 2]))))(zero)
        .dataSync(),
    ],
    [0.25, 0.5, 2, 0.25, 0.5, 2],
  )
  const gradient = tf.grad(alpha => tf.sum(tf.prelu(tf.tensor2d([[-1, 2, -3]]), alpha)))(tf.tensor2d([[0.1]]))
  t.same([gradient.shape, [...gradient.dataSync()]], [[1, 1], [-4]])
})
