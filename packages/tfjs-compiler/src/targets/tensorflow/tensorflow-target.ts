/** TensorFlow: a program run as it is, on the tfjs backend `tensorflow`, one operation after another; its state stays there. */

import * as tf from '@tensorflow/tfjs-core'
import { onBackend, tensorOf, valuesOf } from '../../eager-backend.js'
import {
  type CompileOptions,
  type Executable,
  guardsHold,
  type Program,
  type Target,
  type TypedValues,
} from '../../executable.js'
import { detach } from '../../kernels/detach.js'
import { loadTensorflow } from './load-tensorflow.js'

export const tensorflowTarget: Target = {
  name: 'tensorflow',
  async compile(program, { threads, precision = 'f32' }: CompileOptions = {}) {
    if (precision !== 'f32') throw new RangeError(`engine tensorflow computes in f32, not in ${precision}`)
    loadTensorflow({ threads })
    return new EagerProgram(program)
  },
}

class EagerProgram implements Executable {
  readonly #program: Program
  readonly #settable: ReadonlySet<string>
  readonly #nextValues: ReadonlySet<string>
  /** States and constants, on the backend; kept there from step to step, and ours to dispose of. */
  #kept: Record<string, tf.Tensor> = {}

  constructor(program: Program) {
    this.#program = program
    this.#settable = new Set([...program.state.keys(), ...(program.constants ?? [])])
    this.#nextValues = new Set(program.state.values())
  }

  async setState(values: Readonly<Record<string, TypedValues>>): Promise<void> {
    for (const name of Object.keys(values))
      if (!this.#settable.has(name))
        throw new TypeError(`${name} is no state (states are ${[...this.#settable].join(', ')})`)
    const tensors = onTensorflow(() =>
      Object.entries(values).map(([name, data]) => [name, tf.keep(this.#tensor(name, data))] as const),
    )
    this.#keep(Object.fromEntries(tensors))
  }

  async getState(): Promise<Record<string, TypedValues>> {
    return Object.fromEntries(Object.entries(this.#kept).map(([name, tensor]) => [name, valuesOf(tensor)]))
  }

  async step(inputs: Readonly<Record<string, TypedValues>>): Promise<Record<string, TypedValues>> {
    const { state, outputs } = onTensorflow(() => {
      const given = Object.keys(this.#program.inputs).map(name => {
        const kept = this.#kept[name]
        return [name, kept ?? this.#tensor(name, this.#settable.has(name) ? undefined : inputs[name])] as const
      })
      const results = this.#program.run(Object.fromEntries(given))
      const rest = Object.entries(results).filter(([name]) => !this.#nextValues.has(name))
      const outputs = Object.fromEntries(rest.map(([name, tensor]) => [name, valuesOf(tensor)] as const))
      if (!guardsHold(this.#program, outputs)) return { state: {}, outputs }
      // A name of its own for each: a program may give back an input, or one tensor twice.
      const next = [...this.#program.state].map(
        ([input, output]) => [input, tf.keep(detach(results[output]!))] as const,
      )
      return { state: Object.fromEntries(next), outputs }
    })
    this.#keep(state)
    return outputs
  }

  async close(): Promise<void> {
    tf.dispose(this.#kept)
    this.#kept = {}
  }

  #keep(tensors: Readonly<Record<string, tf.Tensor>>): void {
    for (const [name, tensor] of Object.entries(tensors)) {
      this.#kept[name]?.dispose()
      this.#kept[name] = tensor
    }
  }

  #tensor(name: string, values: TypedValues | undefined): tf.Tensor {
    return tensorOf(name, this.#program.inputs[name]!, values)
  }
}

const onTensorflow = <T>(body: () => T): T => onBackend('tensorflow', body)
