import * as tf from '@tensorflow/tfjs-core'
import t from 'tap'
import { trace } from '../../src/index.js'
import '../networks.js'

const X = [
  [1, 2, 3],
  [4, 5, 6],
]

t.test('sum gives its gradient to every term, mean a share of it', async t => {
  const weighted = (f: (x: tf.Tensor) => tf.Tensor, weights: number[]) => {
    const gradient = tf.grad(x => tf.sum(tf.mul(f(x), tf.reshape(tf.tensor1d(weights), f(x).shape))))(tf.tensor2d(X))
    return [...gradient.dataSync()]
  }
  t.same(
    weighted(x => tf.sum(x, 0), [1, 2, 3]),
    [1, 2, 3, 1, 2, 3],
  )
  t.same(
    weighted(x => tf.sum(x, -1, true), [1, 2]),
    [1, 1, 1, 2, 2, 2],
  )
  t.same(
    weighted(x => tf.mean(x, 0), [2, 4, 6]),
    [1, 2, 3, 1, 2, 3],
  )
  t.same(
    weighted(x => tf.mean(x, [1], true), [3, 6]),
    [1, 1, 1, 2, 2, 2],
  )
  t.same(
    weighted(x => tf.mean(x), [12]),
    [2, 2, 2, 2, 2, 2],
  )
})

t.test('neither makes a constant as large as its input', async t => {
  const graph = trace(({ x }) => ({ dx: tf.grad(x => tf.sum(tf.square(tf.mean(x, [0, 1]))))(x!) }), {
    x: { shape: [64, 32, 8], dtype: 'float32' },
  })
  t.ok([...graph.constants.keys()].every(({ shape }) => shape.length === 0))
  t.same(
    graph.nodes.filter(({ op }) => op === 'Fill'),
    [],
  )
})
