/** The whole way, from tfjs functions to a running ONNX model, against the same functions run eagerly. */

import * as tf from '@tensorflow/tfjs-core'
import t from 'tap'
import { assignLayouts, cleanGraph, compileOnnx, trace } from '../src/index.js'
import { bottleneck, mobileFaceBlock, randomInputs, typesOf, valuesOf } from './networks.js'

for (const [name, { run, shapes }] of Object.entries({ mobileFaceBlock, bottleneck })) {
  t.test(`${name}: two compiled steps equal two eager ones`, async t => {
    const graph = assignLayouts(cleanGraph(trace(run, typesOf(shapes))), { image: 'nchw', filter: 'oihw' })
    const fed = ['x', 'labels', 'rate']
    const names = Object.keys(shapes).filter(input => !fed.includes(input))
    const executable = await compileOnnx(graph, {
      state: names.map(state => ({ input: state, output: state })),
      threads: 1,
    })
    t.teardown(() => executable.close())
    const inputs = randomInputs(shapes)
    const feeds = Object.fromEntries(fed.map(input => [input, inputs[input]!.dataSync() as Float32Array | Int32Array]))
    executable.setState(Object.fromEntries(names.map(state => [state, inputs[state]!.dataSync() as Float32Array])))

    let eager = inputs
    for (const step of [1, 2]) {
      eager = { ...inputs, ...tf.tidy(() => run(eager)) }
      const { loss } = await executable.step(feeds)
      const found = { loss: [...loss!], ...executable.getState() }
      for (const [output, expected] of Object.entries(valuesOf(eager))) {
        if (fed.includes(output)) continue
        const away = Math.max(...expected.map((value, index) => Math.abs(value - found[output as 'loss'][index]!)))
        t.ok(away < 2e-5, `step ${step}: ${output} is ${away} away`)
      }
    }
  })
}
