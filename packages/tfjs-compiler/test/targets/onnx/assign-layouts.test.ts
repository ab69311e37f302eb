import * as tf from '@tensorflow/tfjs-core'
import t from 'tap'
import { printGraph } from '../../../src/graph/print-graph.js'
import { checkGraph, cleanGraph, type Graph, interpret, trace } from '../../../src/index.js'
import { rewrite } from '../../../src/passes/rewrite.js'
import { assignLayouts, isFreeLayoutChange } from '../../../src/targets/onnx/assign-layouts.js'
import { bottleneck, mobileFaceBlock, type Network, randomInputs, typesOf, valuesOf } from '../../networks.js'

/** Without the changes of layout: what the interpreter and the checker know. */
const logical = (graph: Graph) =>
  rewrite(graph, ({ op, inputs }) => (op === 'LayoutChange' ? { values: inputs } : undefined))

const TARGET = { image: 'nchw', filter: 'oihw' } as const

const layouts = (graph: Graph) => assignLayouts(cleanGraph(graph), TARGET)

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
    t.same(valuesOf(interpret(logical(assignLayouts(graph, TARGET)), inputs)), valuesOf(interpret(graph, inputs)))
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
    const placed = layouts(graph)
    checkGraph(logical(placed))
    t.same(
      changes(placed),
      ['[2,4,4,3] plain>nchw', '[2,4,4,5] nchw>plain', '[2,4,4,5] nchw>plain'],
      printGraph(placed),
    )
    t.equal(placed.inputs.get('w')!.layout, 'oihw')
    t.equal(placed.outputs.get('dw')!.layout, 'oihw')
    const inputs = randomInputs({ x: [2, 4, 4, 3], w: [3, 3, 3, 5], mask: [4, 4, 5] })
    t.same(valuesOf(interpret(logical(placed), inputs)), valuesOf(interpret(graph, inputs)))
  },
)
