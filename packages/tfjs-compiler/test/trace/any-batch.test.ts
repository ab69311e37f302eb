import * as tf from '@tensorflow/tfjs-core'
import t from 'tap'
import { cleanGraph, printGraph, trace } from '../../src/index.js'
import '../networks.js'

const images = { x: { shape: ['batch', 4, 6], dtype: 'float32' } } as const

t.test('extents that hold the batch are known and printed, attributes included', async t => {
  const graph = trace(
    ({ x }) => ({ rows: tf.reshape(tf.relu(x!), [-1, 6]), y: tf.mean(tf.sum(tf.mul(x!, 2), 2), 1) }),
    images,
  )
  t.equal(
    printGraph(cleanGraph(graph)),
    `input x:f32[batch,4,6]
a:f32[batch,4,6] = Relu(x)
b:f32[4 batch,6] = Reshape(a) {shape: [4 batch,6]}
c:f32[batch,4,6] = Multiply(x, 2)
d:f32[batch,4] = Sum(c) {axis: [2], keepDims: false}
e:f32[batch] = Mean(d) {axis: [1], keepDims: false}
output rows = b
output y = e`,
  )
})

t.test('an extent that is a multiple of the stand-in by chance makes it choose another', async t => {
  const graph = trace(({ x }) => ({ y: tf.mul(x!, tf.fill([7919, 1, 1, 1], 2)) }), {
    x: { shape: [1, 'batch'], dtype: 'float32' },
  })
  t.equal(
    printGraph(graph).split('\n')[1],
    'a:f32[7919,1,1,1] = Fill() {shape: [7919,1,1,1], value: 2, dtype: float32}',
  )
  t.match(printGraph(graph), 'f32[7919,1,1,batch] = Multiply')
})

t.test('what depends on the batch otherwise is refused by name', async t => {
  t.throws(() => trace(({ x }) => ({ y: tf.pad(x!, [[1, 0], [0, 0], [0, 0]]) }), images), {
    message: /PadV2 \(recorded by tf.pad\): an extent depends on the size of the batch, but is no multiple of it/,
  }) // biome-ignore format: pairs
  t.throws(() => trace(({ x }) => ({ y: tf.div(x!, x!.shape[0]!) }), images), {
    message: /a constant depends on the size of the batch/,
  })
  t.throws(() => trace(({ x }) => ({ y: tf.fill([2], 1 / x!.shape[0]!) }), images), {
    message: /Fill: value depends on the size of the batch/,
  })
  t.throws(() => trace(({ x }) => ({ y: x!.shape[0]! === 7919 ? tf.relu(x!) : tf.neg(x!) }), images), {
    message: /other kernels for other sizes/,
  })
})
