/** The whole way, from tfjs functions to an executable, against the same functions run eagerly. */

import * as tf from '@tensorflow/tfjs-core'
import t from 'tap'
import { compile, type Program } from '../src/index.js'
import { bottleneck, mobileFaceBlock, randomInputs, typesOf, valuesOf } from './networks.js'

const FED = ['x', 'labels', 'rate']

/** State and its successor bear the same name. */
const programOf = ({ run, shapes }: typeof bottleneck): Program => ({
  run: inputs => {
    const { loss, ...next } = run(inputs)
    return { loss: loss!, ...Object.fromEntries(Object.entries(next).map(([name, value]) => [`next/${name}`, value])) }
  },
  inputs: typesOf(shapes),
  state: new Map(
    Object.keys(shapes)
      .filter(name => !FED.includes(name))
      .map(name => [name, `next/${name}`]),
  ),
})

for (const engine of ['onnx', 'reference'] as const)
  for (const [name, network] of Object.entries({ mobileFaceBlock, bottleneck })) {
    t.test(`${name}: two steps compiled for ${engine} equal two eager ones`, async t => {
      const program = programOf(network)
      const executable = await compile(program, { engine, threads: 1 })
      t.teardown(() => executable.close())
      const inputs = randomInputs(network.shapes)
      const data = (input: string) => inputs[input]!.dataSync() as Float32Array | Int32Array
      const feeds = Object.fromEntries(FED.map(input => [input, data(input)]))
      await executable.setState(Object.fromEntries([...program.state.keys()].map(state => [state, data(state)])))

      let eager = inputs
      for (const step of [1, 2]) {
        eager = { ...inputs, ...tf.tidy(() => network.run(eager)) }
        const found = { ...(await executable.step(feeds)), ...(await executable.getState()) }
        t.same(Object.keys(found).sort(), ['loss', ...program.state.keys()].sort())
        for (const [output, expected] of Object.entries(valuesOf(eager))) {
          if (FED.includes(output)) continue
          const away = Math.max(...expected.map((value, index) => Math.abs(value - found[output]![index]!)))
          t.ok(away < 2e-5, `step ${step}: ${output} is ${away} away`)
        }
      }
    })
  }
