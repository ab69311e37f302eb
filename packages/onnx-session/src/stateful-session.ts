import type { OnnxSession } from './open-session.js'
import { ARRAY_OF, describe, sizeOf, type TensorValues, type TypedTensor, type ValueInfo } from './typed-tensor.js'

type Session = Pick<OnnxSession, 'inputs' | 'outputs' | 'run'>

/** An input that takes a state, and the output that gives the state after the step. */
export interface StatePair {
  input: string
  output: string
}

/**
 * A model whose state (weights, velocities, running statistics) goes in as inputs and comes back as outputs, step after step.
 *
 * Each state has two buffers, allocated once and used in turn: a step reads one and writes the other. They are never one
 * buffer, since a model may write a weight's new value before it has read the old one for the last time. A step that fails
 * leaves the state as it was.
 */
export class StatefulSession {
  /** The inputs that every step is given: all that hold no state. */
  readonly inputs: readonly ValueInfo[]
  /** The outputs that a step gives back: all that hold no state. */
  readonly outputs: readonly ValueInfo[]
  /** The states, each under the name of its input. */
  readonly states: readonly ValueInfo[]
  readonly #session: Session
  readonly #pairs: readonly StatePair[]
  readonly #unset: Set<string>
  #current: Record<string, TypedTensor>
  #next: Record<string, TypedTensor>
  /** By input, the buffer that takes what comes in memory that threads share. */
  readonly #copies = new Map<string, TensorValues>()
  #stepping = false

  /** @throws TypeError where a pair names what the model lacks, or its two sides differ, or their shape is not fixed */
  constructor(session: Session, pairs: readonly StatePair[]) {
    this.states = pairs.map(pair => stateOf(session, pair))
    for (const side of ['input', 'output'] as const) {
      const names = pairs.map(pair => pair[side])
      const twice = names.find((name, i) => names.indexOf(name) !== i)
      if (twice !== undefined) throw new TypeError(`${side} ${twice} is named by two states`)
    }
    this.#session = session
    this.#pairs = pairs
    this.#unset = new Set(pairs.map(pair => pair.input))
    this.inputs = session.inputs.filter(({ name }) => !pairs.some(pair => pair.input === name))
    this.outputs = session.outputs.filter(({ name }) => !pairs.some(pair => pair.output === name))
    this.#current = buffersOf(this.states)
    this.#next = buffersOf(this.states)
  }

  /**
   * Copies `values`, in row-major order, into a state.
   *
   * @throws TypeError for a name, an element type or a number of values that is not the state's; Error while a step runs
   */
  setState(name: string, values: TensorValues): void {
    if (this.#stepping) throw new Error(`state ${name}: cannot be set while a step runs`)
    const { dtype, data } = this.#stateNamed(name)
    if (!(values instanceof ARRAY_OF[dtype]) || values.length !== data.length)
      throw new TypeError(
        `state ${name}: expected ${data.length} values in a ${ARRAY_OF[dtype].name}, found ${values.length} in a ${values.constructor.name}`,
      )
    setValues(data, values)
    this.#unset.delete(name)
  }

  /** A copy of a state's values as they are after the last step that ended. */
  getState(name: string): TensorValues {
    return this.#stateNamed(name).data.slice()
  }

  /**
   * One step: reads the state, writes its successor, and gives back the other outputs, in buffers of their own.
   *
   * @param accepts told the other outputs: where it says no, the state stays as it was
   * @throws Error when a state was never set or another step still runs; what OnnxSession.run throws
   */
  async step(
    inputs: Readonly<Record<string, TypedTensor>>,
    accepts: (outputs: Readonly<Record<string, TypedTensor>>) => boolean = () => true,
  ): Promise<Record<string, TypedTensor>> {
    if (this.#stepping) throw new Error('a step still runs')
    const [unset] = this.#unset
    if (unset !== undefined) throw new Error(`state ${unset} was never set`)
    const state = this.states.find(({ name }) => Object.hasOwn(inputs, name))
    if (state) throw new TypeError(`input ${state.name}: is a state; set it with setState`)
    this.#stepping = true
    try {
      const into = Object.fromEntries(this.#pairs.map(pair => [pair.output, this.#next[pair.input]!]))
      const own = Object.fromEntries(
        Object.entries(inputs).map(([name, tensor]) => [name, this.#unshared(name, tensor)]),
      )
      const results = await this.#session.run({ ...own, ...this.#current }, into)
      const outputs = Object.fromEntries(this.outputs.map(({ name }) => [name, results[name]!]))
      if (accepts(outputs)) [this.#current, this.#next] = [this.#next, this.#current]
      return outputs
    } finally {
      this.#stepping = false
    }
  }

  /**
   * onnxruntime takes no memory that threads share. What lies in such is copied to the same buffer step after step: a new one each time, ten
   * megabytes for a batch of images, has V8 look through its heap for old ones, on processors that compute.
   */
  #unshared(name: string, tensor: TypedTensor): TypedTensor {
    const { data } = tensor
    if (!(data.buffer instanceof SharedArrayBuffer)) return tensor
    const known = this.#copies.get(name)
    if (known?.length === data.length && known.constructor === data.constructor) setValues(known, data)
    else this.#copies.set(name, data.slice())
    return { ...tensor, data: this.#copies.get(name)! }
  }

  #stateNamed(name: string): TypedTensor {
    if (!Object.hasOwn(this.#current, name))
      throw new TypeError(
        `state ${name}: the model has no such state (it has ${Object.keys(this.#current).join(', ')})`,
      )
    return this.#current[name]!
  }
}

function stateOf(session: Session, pair: StatePair): ValueInfo {
  const input = session.inputs.find(({ name }) => name === pair.input)
  const output = session.outputs.find(({ name }) => name === pair.output)
  if (!input) throw new TypeError(`state ${pair.input}: the model has no such input`)
  if (!output) throw new TypeError(`state ${pair.input}: the model has no output ${pair.output}`)
  if (input.shape.includes(null)) throw new TypeError(`state ${pair.input}: ${describe(input)} is not of a fixed shape`)
  const same =
    input.dtype === output.dtype &&
    input.shape.length === output.shape.length &&
    output.shape.every((size, i) => size === null || size === input.shape[i])
  if (!same)
    throw new TypeError(`state ${pair.input}: goes in as ${describe(input)} and comes back as ${describe(output)}`)
  return input
}

function buffersOf(states: readonly ValueInfo[]): Record<string, TypedTensor> {
  return Object.fromEntries(
    states.map(({ name, dtype, shape }) => {
      const fixed = shape as readonly number[]
      return [name, { dtype, shape: fixed, data: new ARRAY_OF[dtype](sizeOf(fixed)) }]
    }),
  )
}

function setValues(target: TensorValues, values: TensorValues): void {
  const bytes = (array: TensorValues) => new Uint8Array(array.buffer, array.byteOffset, array.byteLength)
  bytes(target).set(bytes(values))
}
