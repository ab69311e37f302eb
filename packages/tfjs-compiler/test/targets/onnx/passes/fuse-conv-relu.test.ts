import t from 'tap'
import { type OnnxGraph, printOnnxGraph } from '../../../../src/targets/onnx/onnx-graph.js'
import { fuseConvRelu } from '../../../../src/targets/onnx/passes/fuse-conv-relu.js'

const shape = [2, 8, 4, 4]

function graph({ domain = 'com.microsoft.nchwc', activation = '', outputs = ['z'] }): OnnxGraph {
  const attributes = { group: 1, ...(activation ? { activation } : {}) }
  return {
    inputs: ['x', 'w'].map(name => ({ name, type: 'float32', shape })),
    initializers: [],
    nodes: [
      { op: 'Conv', domain, inputs: ['x', 'w'], outputs: ['y'], attributes },
      { op: 'Relu', domain: '', inputs: ['y'], outputs: ['z'], attributes: {} },
      { op: 'Neg', domain: '', inputs: ['z'], outputs: ['n'], attributes: {} },
    ],
    outputs: outputs.map(tensor => ({ name: tensor, tensor, type: 'float32', shape })),
    values: new Map(),
  }
}

const nodes = (graph: OnnxGraph) =>
  printOnnxGraph(graph)
    .split('\n')
    .filter(line => line.startsWith('t'))
    .join('\n')

t.test('before and after: the convolution applies the ReLU', async t => {
  t.equal(
    nodes(graph({})),
    `t0 = nchwc.Conv(x, w) {group: 1}
t1 = Relu(t0)
t2 = Neg(t1)`,
  )
  t.equal(
    nodes(fuseConvRelu(graph({}))),
    `t0 = nchwc.Conv(x, w) {group: 1, activation: Relu}
t1 = Neg(t0)`,
  )
})

t.test('but not where the image is read before it, nor in another convolution or after another activation', async t => {
  for (const options of [{ outputs: ['z', 'y'] }, { domain: '' }, { activation: 'HardSigmoid' }])
    t.equal(nodes(fuseConvRelu(graph(options))), nodes(graph(options)))
})
