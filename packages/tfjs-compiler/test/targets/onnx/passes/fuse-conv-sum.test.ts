import t from 'tap'
import type { OnnxGraph } from '../../../../src/targets/onnx/onnx-graph.js'
import { printOnnxGraph } from '../../../../src/targets/onnx/onnx-graph.js'
import { fuseConvSum } from '../../../../src/targets/onnx/passes/fuse-conv-sum.js'

const image = { shape: [2, 4, 4, 8], dtype: 'float32', layout: 'blocked' } as const

/** z = relu(x * w + offset?) + r, all in blocks; `y` is what the convolution makes. */
function graph({
  offset = false,
  activation = '',
  extraUse = false,
  layout = 'blocked' as 'blocked' | 'nchw',
}): OnnxGraph {
  const shape = [2, 8, 4, 4]
  return {
    inputs: ['x', 'w', 'b', 'r'].map(name => ({ name, type: 'float32', shape })),
    initializers: [],
    nodes: [
      {
        op: 'Conv',
        domain: 'com.microsoft.nchwc',
        inputs: offset ? ['x', 'w', 'b'] : ['x', 'w'],
        outputs: ['y'],
        attributes: { group: 1, ...(activation ? { activation } : {}) },
      },
      { op: 'Add', domain: '', inputs: ['r', 'y'], outputs: ['z'], attributes: {} },
    ],
    outputs: [
      { name: 'out', tensor: 'z', type: 'float32', shape },
      ...(extraUse ? [{ name: 'also', tensor: 'y', type: 'float32' as const, shape }] : []),
    ],
    values: new Map(['r', 'y', 'z'].map(name => [name, { ...image, layout }])),
  }
}

const nodes = (graph: OnnxGraph) =>
  printOnnxGraph(graph)
    .split('\n')
    .filter(line => line.startsWith('t'))
    .join('\n')

t.test('before and after: the sum goes into the convolution', async t => {
  t.equal(
    nodes(graph({ offset: true })),
    `t0:[2,4,4,8]@blocked = nchwc.Conv(x, w, b) {group: 1}
t1:[2,4,4,8]@blocked = Add(r, t0)`,
  )
  t.equal(nodes(fuseConvSum(graph({ offset: true }))), 't0:[2,4,4,8]@blocked = nchwc.Conv(x, w, b, r) {group: 1}')
})

t.test('without an offset it gets one of zeros', async t => {
  t.equal(
    nodes(fuseConvSum(graph({}))),
    `t0 = Expand([0], [8])
t1:[2,4,4,8]@blocked = nchwc.Conv(x, w, t0, r) {group: 1}`,
  )
})

t.test('but not after an activation, nor where the image is read again or lies in NCHW', async t => {
  for (const options of [{ activation: 'Relu' }, { extraUse: true }, { layout: 'nchw' as const }])
    t.equal(nodes(fuseConvSum(graph(options))), nodes(graph(options)))
})
