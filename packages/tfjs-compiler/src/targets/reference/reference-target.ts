/** The reference: a program run as it is, on tfjs's own cpu backend, in plain JavaScript. */
import '@tensorflow/tfjs-backend-cpu'
import * as tf from '@tensorflow/tfjs-core'
import { checkValues } from '../../check-values.js'
import { onBackend, tensorOf, valuesOf } from '../../eager-backend.js'
import { type Executable, guardsHold, type Program, type Target, type TypedValues } from '../../executable.js'

export const referenceTarget: Target = {
  name: 'reference',
  async compile(program, { precision = 'f32' } = {}) {
    if (precision !== 'f32') throw new RangeError(`engine reference computes in f32, not in ${precision}`)
    return executable(program)
  },
}

function executable(program: Program): Executable {
  const settable = new Set([...program.state.keys(), ...(program.constants ?? [])])
  const nextValues = new Set(program.state.values())
  const state: Record<string, TypedValues> = {}
  const run = (inputs: Readonly<Record<string, TypedValues>>) =>
    onCpu(() => {
      const given = Object.entries(program.inputs).map(([name, type]) => {
        const values = settable.has(name) ? state[name] : inputs[name]
        return [name, tensorOf(name, type, values)] as const
      })
      return Object.entries(program.run(Object.fromEntries(given))).map(
        ([name, tensor]) => [name, valuesOf(tensor)] as const,
      )
    })
  return {
    async setState(values) {
      for (const [name, data] of Object.entries(values)) {
        if (!settable.has(name)) throw new TypeError(`${name} is no state (states are ${[...settable].join(', ')})`)
        checkValues(name, program.inputs[name]!, data)
        state[name] = data.slice()
      }
    },
    async getState() {
      return Object.fromEntries(Object.entries(state).map(([name, data]) => [name, data.slice()]))
    },
    async step(inputs) {
      const outputs = Object.fromEntries(run(inputs))
      if (guardsHold(program, outputs)) for (const [input, output] of program.state) state[input] = outputs[output]!
      return Object.fromEntries(Object.entries(outputs).filter(([name]) => !nextValues.has(name)))
    },
    async close() {},
  }
}

function onCpu<T>(body: () => T): T {
  return onBackend('cpu', () => {
    // Else it advertises tfjs-node on stderr when it is first used.
    Object.assign(tf.backend(), { firstUse: false })
    return body()
  })
}
