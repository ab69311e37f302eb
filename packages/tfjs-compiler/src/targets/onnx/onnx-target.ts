/** The portable target: one ONNX model a step, run by onnxruntime in a session that keeps the state. */
import { openSession, StatefulSession, type TypedTensor } from '@tiny-face/onnx-session'
import {
  type Executable,
  graphOf,
  guardsHold,
  type Program,
  settableInputs,
  type Target,
  type TypedValues,
} from '../../executable.js'
import { sizeOf } from '../../graph/graph.js'
import { inverse, permute } from '../../permute.js'
import { type AvailableOperators, probeOperators } from './available-operators.js'
import { lower, outputName } from './lower.js'
import { encodeModel } from './model-file.js'
import { layoutOrder, type PhysicalValue, physicalShape } from './physical-graph.js'

export const onnxTarget: Target = {
  name: 'onnx',
  async compile(program, { threads, precision = 'f32' } = {}) {
    if (precision !== 'f32') throw new RangeError(`engine onnx computes in f32, not in ${precision}`)
    return compileFor(await probeOperators(), program, threads)
  },
}

/** The same for operators that are given. */
export async function compileFor(
  operators: AvailableOperators,
  program: Program,
  threads?: number,
): Promise<Executable> {
  const logical = graphOf(program)
  settableInputs(program, logical)
  const { state, constants } = program
  const { model, graph } = lower(logical, { operators, state, constants })
  const session = await openSession(encodeModel(model), {
    optimization: 'basic',
    memoryPattern: false,
    // it joins Transposes that were taken apart because the joined one takes ten times as long
    withoutOptimizers: ['TransposeOptimizer'],
    ...(threads === undefined ? {} : { threads }),
  })
  const pairs = [...state].map(([input, output]) => ({ input, output: outputName(graph, output) }))
  const runner = new StatefulSession(session, pairs)
  const declared = new Map(model.inputs.map(({ name, shape }) => [name, shape as readonly number[]]))
  const fixed: Record<string, TypedTensor> = {}
  const settable = new Map([...state.keys(), ...(constants ?? [])].map(name => [name, graph.inputs.get(name)!]))

  return {
    async setState(values) {
      for (const [name, data] of Object.entries(values)) {
        const value = settable.get(name)
        if (!value) throw new TypeError(`${name} is no state (states are ${[...settable.keys()].join(', ')})`)
        if (data.length !== sizeOf(value.shape))
          throw new TypeError(`state ${name}: expected shape [${value.shape}], found ${data.length} values`)
        const lying = permute(data, value.shape, orderOf(value)) as TypedTensor['data']
        if (state.has(name)) runner.setState(name, lying)
        else fixed[name] = { dtype: value.dtype, shape: declared.get(name)!, data: lying }
      }
    },
    async getState() {
      return Object.fromEntries(
        [...settable].map(([name, value]) => {
          const data = state.has(name) ? runner.getState(name) : (fixed[name]?.data ?? new Float32Array())
          return [name, permute(data as TypedValues, physicalShape(value), inverse(orderOf(value)))]
        }),
      )
    },
    async step(inputs) {
      const feeds: Record<string, TypedTensor> = { ...fixed }
      for (const [name, data] of Object.entries(inputs)) {
        const value = graph.inputs.get(name)
        if (!value) throw new TypeError(`${name} is no input (inputs are ${[...graph.inputs.keys()].join(', ')})`)
        if (settable.has(name)) throw new TypeError(`input ${name}: is a state; set it with setState`)
        feeds[name] = { dtype: value.dtype, shape: value.shape, data: data as TypedTensor['data'] }
      }
      const named = (results: Readonly<Record<string, TypedTensor>>) =>
        Object.fromEntries(
          [...graph.outputs.keys()].flatMap(name => {
            const result = results[outputName(graph, name)]
            return result ? [[name, result.data as TypedValues] as const] : []
          }),
        )
      return named(await runner.step(feeds, results => guardsHold(program, named(results))))
    },
    close: () => session.close(),
  }
}

const orderOf = (value: PhysicalValue): readonly number[] => layoutOrder(value.layout, value.shape.length)
