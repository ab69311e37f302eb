import * as tf from '@tensorflow/tfjs-core'
import t from 'tap'
import { printGraph, trace } from '../../src/index.js'

t.test('names avoid those of inputs; scalars stand in place, tensors on a line of their own', async t => {
  const graph = trace(
    ({ a, i }) => {
      const [left, right] = tf.split(tf.mul(a!, 0.1), 2, 1)
      const wide = tf.add(tf.tensor1d([...Array(12).keys()]), 0.5)
      return { y: tf.sub(left!, right!), i: tf.add(i!, tf.scalar(3, 'int32')), wide }
    },
    { a: { shape: [2, 4], dtype: 'float32' }, i: { shape: [], dtype: 'int32' } },
  )
  t.equal(
    printGraph(graph),
    `input a:f32[2,4]
input i:i32[]
constant b:f32[12] = [0, 1, 2, 3, 4, 5, 6, 7, …]
c:f32[2,4] = Multiply(a, 0.1)
d:f32[2,2], e:f32[2,2] = SplitV(c) {numOrSizeSplits: 2, axis: 1}
f:f32[12] = Add(b, 0.5)
g:f32[2,2] = Sub(d, e)
h:i32[] = Add(i, 3:i32)
output y = g
output i = h
output wide = f`,
  )
})
