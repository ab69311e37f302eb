import * as tf from '@tensorflow/tfjs-core'
import t from 'tap'
import { checkGraph, cleanGraph, interpret, printGraph, trace } from '../src/index.js'
import { bottleneck, mobileFaceBlock, randomInputs, typesOf, valuesOf } from './networks.js'

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
