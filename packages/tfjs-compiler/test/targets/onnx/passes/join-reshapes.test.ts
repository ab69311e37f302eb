import t from 'tap'
import { type OnnxGraph, printOnnxGraph } from '../../../../src/targets/onnx/onnx-graph.js'
import { joinReshapes } from '../../../../src/targets/onnx/passes/join-reshapes.js'

const shape = (name: string, extents: number[]) => ({
  name,
  type: 'int64' as const,
  shape: [extents.length],
  data: BigInt64Array.from(extents, BigInt),
})
const node = (op: string, inputs: string[], output: string) => ({
  op,
  domain: '',
  inputs,
  outputs: [output],
  attributes: {},
})

const graph: OnnxGraph = {
  inputs: [{ name: 'x', type: 'float32', shape: [2, 3, 4] }],
  initializers: [shape('flat', [24]), shape('rows', [4, 6])],
  nodes: [
    node('Reshape', ['x', 'rows'], 'a'),
    node('Reshape', ['a', 'flat'], 'b'),
    node('Neg', ['b'], 'c'),
    node('Reshape', ['c', 'rows'], 'd'),
    node('Reshape', ['d', 'flat'], 'e'),
    node('Reshape', ['e', 'rows'], 'f'),
  ],
  outputs: [{ name: 'y', tensor: 'f', type: 'float32', shape: [4, 6] }],
  values: new Map(),
}

t.test('before and after: a chain of reshapes looks at its beginning', async t => {
  t.equal(
    printOnnxGraph(joinReshapes(graph)),
    `input x:[2,3,4]
t0 = Reshape(x, [4,6])
t1 = Reshape(x, [24])
t2 = Neg(t1)
t3 = Reshape(t2, [4,6])
t4 = Reshape(t2, [24])
t5 = Reshape(t2, [4,6])
output y = t5`,
  )
})
