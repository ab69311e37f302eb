import * as tf from '@tensorflow/tfjs-core'
import t from 'tap'
import { cleanGraph, trace } from '../../../../src/index.js'
import { assignLayouts } from '../../../../src/targets/onnx/passes/assign-layouts.js'
import { blockChannels } from '../../../../src/targets/onnx/passes/block-channels.js'
import { printPhysicalGraph } from '../../../../src/targets/onnx/physical-graph.js'
import { typesOf } from '../../../networks.js'

const graph = () =>
  assignLayouts(
    cleanGraph(
      trace(
        ({ x, w, u }) => {
          const y = tf.relu(tf.conv2d(x as tf.Tensor4D, w as tf.Tensor4D, 1, 'same'))
          const sum = tf.add(y, tf.conv2d(y, u as tf.Tensor4D, 1, 'same')) as tf.Tensor4D
          return { z: tf.maxPool(sum, 2, 2, 'same') }
        },
        typesOf({ x: [1, 4, 4, 3], w: [3, 3, 3, 8], u: [1, 1, 8, 8] }),
      ),
    ),
    { settable: new Set(['w', 'u']) },
  )

t.test(
  'before and after: convolutions and what is between them in blocks, the picture and the pooling not',
  async t => {
    t.equal(
      printPhysicalGraph(graph()),
      `input x:f32[1,4,4,3]
input w:f32[3,3,3,8]@oihw
input u:f32[1,1,8,8]@oihw
a:f32[1,4,4,3]@nchw = LayoutChange(x) {from: plain, to: nchw}
b:f32[1,4,4,8]@nchw = Conv2D(a, w) {strides: 1, pad: same, dataFormat: NHWC, dilations: [1,1]}
c:f32[1,4,4,8]@nchw = Relu(b)
d:f32[1,4,4,8]@nchw = Conv2D(c, u) {strides: 1, pad: same, dataFormat: NHWC, dilations: [1,1]}
e:f32[1,4,4,8]@nchw = Add(c, d)
f:f32[1,2,2,8]@nchw = MaxPool(e) {filterSize: 2, strides: 2, pad: same}
g:f32[1,2,2,8] = LayoutChange(f) {from: nchw, to: plain}
output z = g`,
    )
    t.equal(
      printPhysicalGraph(blockChannels(graph(), { contrib: true, block: 8 })),
      `input x:f32[1,4,4,3]
input w:f32[3,3,3,8]@oihw
input u:f32[1,1,8,8]@oihw
a:f32[1,4,4,3]@nchw = LayoutChange(x) {from: plain, to: nchw}
b:f32[1,4,4,8]@blocked = Conv2D(a, w) {strides: 1, pad: same, dataFormat: NHWC, dilations: [1,1]}
c:f32[1,4,4,8]@blocked = Relu(b)
d:f32[1,4,4,8]@blocked = Conv2D(c, u) {strides: 1, pad: same, dataFormat: NHWC, dilations: [1,1]}
e:f32[1,4,4,8]@blocked = Add(c, d)
f:f32[1,4,4,8]@nchw = LayoutChange(e) {from: blocked, to: nchw}
g:f32[1,2,2,8]@nchw = MaxPool(f) {filterSize: 2, strides: 2, pad: same}
h:f32[1,2,2,8] = LayoutChange(g) {from: nchw, to: plain}
output z = h`,
    )
  },
)

t.test('nothing changes without blocks, or where the channels do not fill them', async t => {
  const before = printPhysicalGraph(graph())
  t.equal(printPhysicalGraph(blockChannels(graph(), { contrib: true, block: 0 })), before)
  t.equal(printPhysicalGraph(blockChannels(graph(), { contrib: true, block: 16 })), before)
})
