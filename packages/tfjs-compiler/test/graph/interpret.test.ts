import * as tf from '@tensorflow/tfjs-core'
import t from 'tap'
import { checkGraph, cleanGraph, interpret, printGraph, trace } from '../../src/index.js'
import { bottleneck, mobileFaceBlock, randomInputs, typesOf, valuesOf } from '../networks.js'

for (const [name, network] of Object.entries({ mobileFaceBlock, bottleneck })) {
  t.test(`${name}: a traced training step equals the eager one to the bit`, async t => {
    const graph = trace(network.run, typesOf(network.shapes))
    checkGraph(graph)
    const cleaned = cleanGraph(graph)
    checkGraph(cleaned)
    const inputs = randomInputs(network.shapes)
    const eager = valuesOf(tf.tidy(() => network.run(inputs)))
    t.same(valuesOf(interpret(graph, inputs)), eager)
    t.same(valuesOf(interpret(cleaned, inputs)), eager)
    t.ok(Number.isFinite(eager.loss![0]), `loss ${eager.loss}`)
    t.equal(printGraph(trace(network.run, typesOf(network.shapes))), printGraph(graph), 'two traces print the same')
    t.ok(cleaned.nodes.length < graph.nodes.length)
    t.comment(`${graph.nodes.length} nodes, cleaned ${cleaned.nodes.length}`)
    if (process.env.PRINT_GRAPH) console.log(printGraph(cleaned))
  })
}

t.test('inputs of another shape or type, or none, are refused by name', async t => {
  const graph = trace(({ x }) => ({ y: x! }), { x: { shape: [2], dtype: 'float32' } })
  const cases: [tf.Tensor | undefined, string][] = [
    [undefined, 'nothing'],
    [tf.zeros([3]), 'float32[3]'],
    [tf.zeros([2], 'int32'), 'int32[2]'],
  ]
  for (const [x, found] of cases) {
    t.throws(() => interpret(graph, { x: x! }), { message: `input x: expected float32[2], found ${found}` })
  }
})

t.test('frees what it made, keeps what it was given', async t => {
  const inputs = randomInputs(bottleneck.shapes)
  const graph = trace(bottleneck.run, typesOf(bottleneck.shapes))
  const before = tf.memory().numTensors
  tf.dispose(interpret(graph, inputs))
  t.equal(tf.memory().numTensors, before)
  t.notOk(Object.values(inputs).some(tensor => tensor.isDisposed))
})
