import * as tf from '@tensorflow/tfjs-core'
import t from 'tap'
import { batchNormTraining, cleanGraph, trace } from '../../../../src/index.js'
import { assignLayouts } from '../../../../src/targets/onnx/passes/assign-layouts.js'
import { blockChannels } from '../../../../src/targets/onnx/passes/block-channels.js'
import { deferChannelScale } from '../../../../src/targets/onnx/passes/defer-channel-scale.js'
import { printPhysicalGraph } from '../../../../src/targets/onnx/physical-graph.js'
import { type Network, typesOf } from '../../../networks.js'

const OPERATORS = { contrib: true, block: 8 }

function blocked(run: Network) {
  const graph = cleanGraph(trace(run, typesOf({ x: [1, 4, 4, 8], w: [1, 1, 8, 8], s: [8], o: [8] })))
  return blockChannels(assignLayouts(graph, { settable: new Set(['w']) }), OPERATORS)
}

t.test("before and after: the factor goes into the filter, and into the filter's gradient", async t => {
  const graph = blocked(({ x, w, s, o }) => {
    const loss = (x: tf.Tensor, w: tf.Tensor) => {
      const y = tf.conv2d(x as tf.Tensor4D, w as tf.Tensor4D, 1, 'same')
      return tf.sum(tf.square(batchNormTraining(y, s as tf.Tensor1D, o as tf.Tensor1D, 1e-3).y)) as tf.Scalar
    }
    const { grads } = tf.valueAndGrads(loss)([x!, w!])
    return { dx: grads[0]!, dw: grads[1]! }
  })
  t.equal(
    printPhysicalGraph(graph),
    `input x:f32[1,4,4,8]
input w:f32[1,1,8,8]@oihw
input s:f32[8]
input o:f32[8]
a:f32[1,4,4,8]@nchw = LayoutChange(x) {from: plain, to: nchw}
b:f32[1,4,4,8]@blocked = LayoutChange(a) {from: nchw, to: blocked}
c:f32[1,4,4,8]@blocked = Conv2D(b, w) {strides: 1, pad: same, dataFormat: NHWC, dilations: [1,1]}
d:f32[1,4,4,8]@blocked, e:f32[8], f:f32[8] = BatchNorm(c, s, o) {epsilon: 0.001}
g:f32[1,4,4,8]@blocked = Multiply(d, 2)
h:f32[1,4,4,8]@blocked, i:f32[8], j:f32[8] = BatchNormGrad(g, c, s, e, f) {epsilon: 0.001}
k:f32[1,4,4,8]@blocked = Conv2DBackpropInput(h, w) {strides: 1, pad: same, dataFormat: NHWC, inputShape: [1,4,4,8]}
l:f32[1,4,4,8]@nchw = LayoutChange(h) {from: blocked, to: nchw}
m:f32[1,1,8,8]@oihw = Conv2DBackpropFilter(a, l) {strides: 1, pad: same, dataFormat: NHWC, filterShape: [1,1,8,8]}
n:f32[1,4,4,8]@nchw = LayoutChange(k) {from: blocked, to: nchw}
p:f32[1,4,4,8] = LayoutChange(n) {from: nchw, to: plain}
q:f32[1,1,8,8] = LayoutChange(m) {from: oihw, to: plain}
output dx = p
output dw = q`,
  )
  t.equal(
    printPhysicalGraph(deferChannelScale(graph)),
    `input x:f32[1,4,4,8]
input w:f32[1,1,8,8]@oihw
input s:f32[8]
input o:f32[8]
a:f32[1,4,4,8]@nchw = LayoutChange(x) {from: plain, to: nchw}
b:f32[1,4,4,8]@blocked = LayoutChange(a) {from: nchw, to: blocked}
c:f32[1,4,4,8]@blocked = Conv2D(b, w) {strides: 1, pad: same, dataFormat: NHWC, dilations: [1,1]}
d:f32[1,4,4,8]@blocked, e:f32[8], f:f32[8] = BatchNorm(c, s, o) {epsilon: 0.001}
g:f32[1,4,4,8]@blocked = Multiply(d, 2)
h:f32[1,4,4,8]@blocked, i:f32[8], j:f32[8], k:f32[8] = BatchNormGradUnscaled(g, c, s, e, f) {epsilon: 0.001}
l:f32[1,4,4,8]@blocked = Conv2DBackpropInput(h, w, k) {strides: 1, pad: same, dataFormat: NHWC, inputShape: [1,4,4,8]}
m:f32[1,4,4,8]@nchw = LayoutChange(h) {from: blocked, to: nchw}
n:f32[1,1,8,8]@oihw = Conv2DBackpropFilter(a, m, k) {strides: 1, pad: same, dataFormat: NHWC, filterShape: [1,1,8,8]}
p:f32[1,4,4,8]@nchw = LayoutChange(l) {from: blocked, to: nchw}
q:f32[1,4,4,8] = LayoutChange(p) {from: nchw, to: plain}
r:f32[1,1,8,8] = LayoutChange(n) {from: oihw, to: plain}
output dx = q
output dw = r`,
  )
})

t.test('who is no convolution gets the scaled image, in one pass', async t => {
  const graph = blocked(({ x, w, s, o }) => {
    const y = tf.conv2d(x as tf.Tensor4D, w as tf.Tensor4D, 1, 'same')
    const norm = (y: tf.Tensor) =>
      tf.sum(tf.square(batchNormTraining(y as tf.Tensor4D, s as tf.Tensor1D, o as tf.Tensor1D, 1e-3).y))
    return { dy: tf.grad(norm)(y) }
  })
  const ops = deferChannelScale(graph).nodes.map(({ op }) => op)
  t.same(ops.slice(-4), ['BatchNormGradUnscaled', 'ChannelScale', 'LayoutChange', 'LayoutChange'])
})
