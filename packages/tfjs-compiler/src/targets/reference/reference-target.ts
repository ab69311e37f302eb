/** The reference: a program run as it is, on tfjs's own cpu backend, in plain JavaScript. */
import '@tensorflow/tfjs-backend-cpu'
import * as tf from '@tensorflow/tfjs-core'
import { checkValues } from '../../check-values.js'
import {
  type Executable,
  guardsHold,
  type Program,
  type Target,
  type TensorType,
  type TypedValues,
} from '../../executable.js'

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

/** Runs on the cpu backend and puts the one before back; no tensor stays. */
function onCpu<T>(body: () => T): T {
  const before = tf.getBackend()
  tf.setBackend('cpu')
  // Else it advertises tfjs-node on stderr when it is first used.
  Object.assign(tf.backend(), { firstUse: false })
  tf.engine().startScope('reference')
  try {
    return body()
  } finally {
    tf.engine().endScope()
    if (before && before !== 'cpu') tf.setBackend(before)
  }
}

function tensorOf(name: string, type: TensorType, values: TypedValues | undefined): tf.Tensor {
  checkValues(name, type, values)
  return tf.tensor(values.slice(), [...type.shape], type.dtype)
}

function valuesOf(tensor: tf.Tensor): TypedValues {
  return (tensor.dataSync() as TypedValues).slice()
}
