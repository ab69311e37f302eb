/** The portable target: one ONNX model a step, run by onnxruntime in a session that keeps the state. */
import { openSession, StatefulSession, type TypedTensor } from '@tiny-face/onnx-session'
import {
  type Executable,
  graphOf,
  type Program,
  settableInputs,
  type Target,
  type TypedValues,
} from '../../executable.js'
import { inverse, permute } from '../../permute.js'
import { assignLayouts } from './assign-layouts.js'
import { layoutOrder, type Target as Machine } from './builder.js'
import { lower, outputName } from './lower.js'
import { encodeModel } from './model.js'
import type { PhysicalValue } from './physical-graph.js'
import { probeTarget } from './target.js'

export const onnxTarget: Target = {
  name: 'onnx',
  async compile(program, { threads, precision = 'f32' } = {}) {
    if (precision !== 'f32') throw new RangeError(`engine onnx computes in f32, not in ${precision}`)
    return executable(program, await probeTarget(), threads)
  },
}

async function executable(program: Program, target: Machine, threads?: number): Promise<Executable> {
  const logical = graphOf(program)
  settableInputs(program, logical)
  const graph = assignLayouts(logical, { image: 'nchw', filter: 'oihw' })
  const placed = new Map(
    [...program.state.keys(), ...(program.constants ?? [])].map(name => [name, graph.inputs.get(name)!]),
  )
  const inputLayouts = Object.fromEntries(
    [...graph.inputs.keys()].map(name => [name, placed.get(name)?.layout ?? ('plain' as const)]),
  )
  const outputLayouts = Object.fromEntries(
    [...program.state].map(([input, output]) => [output, placed.get(input)!.layout]),
  )
  const model = encodeModel(lower(graph, { target, inputLayouts, outputLayouts }))
  const session = await openSession(model, { optimization: 'basic', ...(threads === undefined ? {} : { threads }) })
  const runner = new StatefulSession(
    session,
    [...program.state].map(([input, output]) => ({ input, output: outputName(graph, output) })),
  )
  const constants: Record<string, TypedTensor> = {}
  return {
    async setState(values) {
      for (const [name, data] of Object.entries(values)) {
        const value = placed.get(name)
        if (!value) throw new TypeError(`${name} is no state (states are ${[...placed.keys()].join(', ')})`)
        if (data.length !== value.shape.reduce((product, extent) => product * extent, 1))
          throw new TypeError(`state ${name}: expected shape [${value.shape}], found ${data.length} values`)
        const order = orderOf(value)
        const lying = permute(data, value.shape, order) as TypedTensor['data']
        if (program.state.has(name)) runner.setState(name, lying)
        else constants[name] = { dtype: value.dtype, shape: order.map(axis => value.shape[axis]!), data: lying }
      }
    },
    async getState() {
      return Object.fromEntries(
        [...placed].map(([name, value]) => {
          const order = orderOf(value)
          const lying = order.map(axis => value.shape[axis]!)
          const data = program.state.has(name) ? runner.getState(name) : constants[name]!.data
          return [name, permute(data as TypedValues, lying, inverse(order))]
        }),
      )
    },
    async step(inputs) {
      const feeds: Record<string, TypedTensor> = { ...constants }
      for (const [name, data] of Object.entries(inputs)) {
        const value = graph.inputs.get(name)
        if (!value) throw new TypeError(`${name} is no input (inputs are ${[...graph.inputs.keys()].join(', ')})`)
        feeds[name] = { dtype: value.dtype, shape: value.shape, data: data as TypedTensor['data'] }
      }
      const results = await runner.step(feeds)
      return Object.fromEntries(
        [...graph.outputs.keys()].flatMap(name => {
          const result = results[outputName(graph, name)]
          return result ? [[name, result.data as TypedValues] as const] : []
        }),
      )
    },
    close: () => session.close(),
  }
}

const orderOf = (value: PhysicalValue): readonly number[] => layoutOrder(value.layout, value.shape.length)
