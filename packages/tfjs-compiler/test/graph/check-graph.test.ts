import * as tf from '@tensorflow/tfjs-core'
import t from 'tap'
import { checkGraph, type Graph, type GraphNode, trace, type Value } from '../../src/index.js'

const sound = () =>
  trace(({ x }) => ({ y: tf.add(tf.square(x!), tf.tensor1d([1, 2, 3])) }), { x: { shape: [2, 3], dtype: 'float32' } })

const value = (shape: number[], dtype: Value['dtype'] = 'float32'): Value => ({ shape, dtype })

const withNode = (graph: Graph, index: number, change: Partial<GraphNode>): Graph => ({
  ...graph,
  nodes: graph.nodes.with(index, { ...graph.nodes[index]!, ...change }),
})

t.test('a traced graph is sound', async () => checkGraph(sound()))

const broken: [string, (graph: Graph) => Graph, RegExp][] = [
  [
    'order',
    graph => ({ ...graph, nodes: graph.nodes.toReversed() }),
    /^internal: node 0 \(Add\) uses a value before it is produced/,
  ],
  [
    'shape',
    graph => withNode(graph, 0, { outputs: [value([3, 2])] }),
    /^internal: node 0 \(Square\): expected outputs float32\[2,3\], found float32\[3,2\]/,
  ],
  ['type', graph => withNode(graph, 0, { outputs: [value([2, 3], 'int32')] }), /found int32\[2,3\]/],
  [
    'kernel',
    graph => withNode(graph, 0, { op: 'Sqare' }),
    /^internal: node 0 \(Sqare\): no shape rule for kernel Sqare/,
  ],
  ['arity', graph => withNode(graph, 1, { inputs: graph.nodes[0]!.outputs }), /takes a, b; found 1 inputs/],
  ['output', graph => ({ ...graph, outputs: new Map([['z', value([])]]) }), /^internal: output z has no producer/],
  [
    'producer',
    graph => ({ ...graph, nodes: [graph.nodes[0]!, ...graph.nodes] }),
    /node 1 \(Square\) has a second producer/,
  ],
  [
    'constant',
    graph => ({ ...graph, constants: new Map([...graph.constants.keys()].map(key => [key, Float32Array.of(1)])) }),
    /a constant of shape \[3\] has 1 elements/,
  ],
]

for (const [what, breakIt, message] of broken) {
  t.test(`a wrong ${what} is found`, async t => {
    t.throws(() => checkGraph(breakIt(sound())), { message })
  })
}
