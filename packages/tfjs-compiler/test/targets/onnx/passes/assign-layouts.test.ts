import * as tf from '@tensorflow/tfjs-core'
import t from 'tap'
import { printGraph } from '../../../../src/graph/print-graph.js'
import { checkGraph, cleanGraph, type Graph, interpret, momentumUpdate, trace } from '../../../../src/index.js'
import { rewrite } from '../../../../src/passes/rewrite.js'
import { assignLayouts } from '../../../../src/targets/onnx/passes/assign-layouts.js'
import { isFreeLayoutChange, printPhysicalGraph } from '../../../../src/targets/onnx/physical-graph.js'
import { bottleneck, mobileFaceBlock, type Network, randomInputs, typesOf, valuesOf } from '../../../networks.js'

/** Without the changes of layout: what the interpreter and the checker know. */
const logical = (graph: Graph) =>
  rewrite(graph, ({ op, inputs }) => (op === 'LayoutChange' ? { values: inputs } : undefined))

/** Every input but the batch is a state under its own name. */
function placed(graph: Graph) {
  const names = [...graph.inputs.keys()].filter(name => !['x', 'labels', 'rate', 'mask'].includes(name))
  const state = new Map(names.filter(name => graph.outputs.has(name)).map(name => [name, name]))
  return assignLayouts(graph, { settable: new Set(names), state })
}

const layouts = (graph: Graph) => placed(cleanGraph(graph))

/** The changes that move bytes, printed as `shape from>to`. */
function changes(graph: Graph): string[] {
  return graph.nodes.flatMap(({ op, inputs: [x], attributes: { from, to } }) =>
    op === 'LayoutChange' && !isFreeLayoutChange(x!.shape, from as 'plain', to as 'plain')
      ? [`[${x!.shape}] ${from}>${to}`]
      : [],
  )
}

t.test('a MobileFaceNet step changes the layout of its image, once', async t => {
  const graph = layouts(trace(mobileFaceBlock.run, typesOf(mobileFaceBlock.shapes)))
  checkGraph(logical(graph))
  t.same(changes(graph), ['[3,5,5,4] plain>nchw'])
  for (const name of ['expand', 'depth', 'global', 'expand.v', 'depth.v']) {
    t.equal(graph.inputs.get(name)!.layout, 'oihw', `input ${name}`)
    t.equal(graph.outputs.get(name)!.layout, 'oihw', `output ${name}`)
  }
  t.equal(graph.inputs.get('x')!.layout, 'plain')
})

t.test('a bottleneck adds only the flattening before the dense layer, there and back', async t => {
  const graph = layouts(trace(bottleneck.run, typesOf(bottleneck.shapes)))
  checkGraph(logical(graph))
  t.same(changes(graph), ['[2,8,8,3] plain>nchw', '[2,2,2,6] nchw>plain', '[2,2,2,6] plain>nchw'])
})

for (const [name, { run, shapes }] of Object.entries({ mobileFaceBlock, bottleneck })) {
  t.test(`${name} computes the same with layouts, and the given graph is untouched`, async t => {
    const graph = cleanGraph(trace(run, typesOf(shapes)))
    const before = printGraph(graph)
    const inputs = randomInputs(shapes)
    t.same(valuesOf(interpret(logical(placed(graph)), inputs)), valuesOf(interpret(graph, inputs)))
    t.equal(printGraph(graph), before)
  })
}

t.test(
  'what lies between: normalised pixels, global average pooling and its gradient, sums, broadcast operands',
  async t => {
    const run: Network = ({ x, w, mask }) => {
      const pixels = tf.mul(tf.sub(x!, 127.5), 1 / 128) as tf.Tensor4D
      const loss = (w: tf.Tensor, mask: tf.Tensor) => {
        const y = tf.mul(tf.conv2d(pixels, w as tf.Tensor4D, 1, 'same'), mask)
        return tf.sum(tf.square(tf.mean(y, [1, 2]))) as tf.Scalar
      }
      const [dw, dMask] = tf.grads(loss)([w!, mask!])
      return { dw: dw!, dMask: dMask!, rows: tf.sum(tf.conv2d(pixels, w as tf.Tensor4D, 1, 'same'), 0) }
    }
    const types = {
      x: { shape: [2, 4, 4, 3], dtype: 'float32' },
      w: { shape: [3, 3, 3, 5], dtype: 'float32' },
      mask: { shape: [4, 4, 5], dtype: 'float32' },
    } as const
    const graph = trace(run, {
      x: { ...types.x, shape: [...types.x.shape] },
      w: { ...types.w, shape: [...types.w.shape] },
      mask: { ...types.mask, shape: [...types.mask.shape] },
    })
    const after = layouts(graph)
    checkGraph(logical(after))
    t.same(
      changes(after),
      ['[2,4,4,3] plain>nchw', '[2,4,4,5] nchw>plain', '[2,4,4,5] nchw>plain', '[3,3,3,5] oihw>plain'],
      printPhysicalGraph(after),
    )
    t.equal(after.inputs.get('w')!.layout, 'oihw')
    const inputs = randomInputs({ x: [2, 4, 4, 3], w: [3, 3, 3, 5], mask: [4, 4, 5] })
    t.same(valuesOf(interpret(logical(after), inputs)), valuesOf(interpret(graph, inputs)))
  },
)

t.test('before and after: a filter that is kept as a state lies in OIHW, and so does its velocity', async t => {
  const run: Network = ({ x, w, v, rate }) => {
    const loss = (w: tf.Tensor) =>
      tf.sum(tf.relu(tf.conv2d(x as tf.Tensor4D, w as tf.Tensor4D, 1, 'same'))) as tf.Scalar
    const { grads } = tf.valueAndGrads(loss)([w!])
    const { parameter, velocity } = momentumUpdate(w!, v!, grads[0]!, rate as tf.Scalar, {
      momentum: 0.9,
      weightDecay: 0,
    })
    return { w: parameter, v: velocity }
  }
  const graph = cleanGraph(trace(run, typesOf({ x: [1, 4, 4, 3], w: [3, 3, 3, 5], v: [3, 3, 3, 5], rate: [] })))
  t.equal(
    printGraph(graph),
    `input x:f32[1,4,4,3]
input w:f32[3,3,3,5]
input v:f32[3,3,3,5]
input rate:f32[]
a:f32[1,4,4,5] = Conv2D(x, w) {strides: 1, pad: same, dataFormat: NHWC, dilations: [1,1]}
b:f32[1,4,4,5] = Step(a) {alpha: 0}
c:f32[3,3,3,5] = Conv2DBackpropFilter(x, b) {strides: 1, pad: same, dataFormat: NHWC, filterShape: [3,3,3,5]}
d:f32[3,3,3,5], e:f32[3,3,3,5] = MomentumUpdate(w, v, c, rate) {momentum: 0.9, weightDecay: 0}
output w = d
output v = e`,
  )
  t.equal(
    printPhysicalGraph(layouts(graph)),
    `input x:f32[1,4,4,3]
input w:f32[3,3,3,5]@oihw
input v:f32[3,3,3,5]@oihw
input rate:f32[]
a:f32[1,4,4,3]@nchw = LayoutChange(x) {from: plain, to: nchw}
b:f32[1,4,4,5]@nchw = Conv2D(a, w) {strides: 1, pad: same, dataFormat: NHWC, dilations: [1,1]}
c:f32[1,4,4,5]@nchw = Step(b) {alpha: 0}
d:f32[3,3,3,5]@oihw = Conv2DBackpropFilter(a, c) {strides: 1, pad: same, dataFormat: NHWC, filterShape: [3,3,3,5]}
e:f32[3,3,3,5]@oihw, f:f32[3,3,3,5]@oihw = MomentumUpdate(w, v, d, rate) {momentum: 0.9, weightDecay: 0}
output w = e
output v = f`,
  )
})
