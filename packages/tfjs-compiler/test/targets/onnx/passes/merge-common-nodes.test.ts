import t from 'tap'
import { type OnnxGraph, printOnnxGraph } from '../../../../src/targets/onnx/onnx-graph.js'
import { mergeCommonNodes } from '../../../../src/targets/onnx/passes/merge-common-nodes.js'
import { removeDeadNodes } from '../../../../src/targets/onnx/passes/remove-dead-nodes.js'

const node = (op: string, inputs: string[], output: string, attributes = {}) => ({
  op,
  domain: '',
  inputs,
  outputs: [output],
  attributes,
})
const scalar = (name: string, value: number, type: 'float32' | 'int32' = 'float32') => ({
  name,
  type,
  shape: [],
  data: type === 'float32' ? Float32Array.of(value) : Int32Array.of(value),
})

const graph: OnnxGraph = {
  inputs: [{ name: 'x', type: 'float32', shape: [3] }],
  initializers: [
    scalar('one', 1),
    scalar('uno', 1),
    scalar('zero', 0),
    scalar('minus', -0),
    scalar('null', 0, 'int32'),
  ],
  nodes: [
    node('Add', ['x', 'one'], 'a'),
    node('Add', ['x', 'uno'], 'b'),
    node('Mul', ['a', 'b'], 'c'),
    node('Mul', ['b', 'a'], 'd'),
    node('Softmax', ['d'], 'e', { axis: 0 }),
    node('Softmax', ['c'], 'f', { axis: 0 }),
    node('Add', ['x', 'zero'], 'g'),
    node('Add', ['x', 'minus'], 'h'),
    node('Cast', ['null'], 'i'),
    node('Neg', ['i'], 'unread'),
  ],
  outputs: ['e', 'f', 'g', 'h'].map(name => ({ name, tensor: name, type: 'float32', shape: [3] })),
  values: new Map(),
}

t.test('before and after: what is computed twice is computed once, constants included; -0 is not 0', async t => {
  t.equal(
    printOnnxGraph(mergeCommonNodes(removeDeadNodes(graph))),
    `input x:[3]
t0 = Add(x, 1)
t1 = Mul(t0, t0)
t2 = Softmax(t1) {axis: 0}
t3 = Add(x, 0)
t4 = Add(x, 0)
output e = t2
output f = t2
output g = t3
output h = t4`,
  )
})

t.test('dead nodes go, and the constants that only they read', async t => {
  const { nodes, initializers } = removeDeadNodes(graph)
  t.notOk(nodes.some(({ op }) => op === 'Neg' || op === 'Cast'))
  t.notOk(initializers.some(({ name }) => name === 'null'))
})
