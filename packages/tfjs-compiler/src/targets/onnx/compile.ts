/** A graph that runs: lowered to ONNX, in a session that keeps the state. */
import { openSession, StatefulSession, type TypedTensor } from '@tiny-face/onnx-session'
import { inverse, permute } from '../../permute.js'
import { layoutOrder, type Target } from './builder.js'
import { lower, outputName } from './lower.js'
import { encodeModel } from './model.js'
import type { Layout, PhysicalGraph, PhysicalValue } from './physical-graph.js'
import { probeTarget } from './target.js'

export type { TypedValues } from '../../executable.js'

import type { TypedValues } from '../../executable.js'

/** A compiled step. Every tensor crosses this interface in tfjs's own layout (NHWC, HWIO), flat. */
export interface OnnxExecutable {
  /** Sets states by the names of their inputs; every state must be set once before the first step. */
  setState(values: Readonly<Record<string, Float32Array>>): void
  /** Copies of all states as the last step left them. */
  getState(): Record<string, Float32Array>
  /** Runs one step over the inputs that are no state, and gives back the outputs that are no state. */
  step(inputs: Readonly<Record<string, TypedValues>>): Promise<Record<string, TypedValues>>
  /** Frees the session. */
  close(): Promise<void>
}

interface CompileOptions {
  /** Which input takes what which output gave, from step to step. */
  readonly state?: readonly { readonly input: string; readonly output: string }[]
  /** Threads of an operator; onnxruntime's own choice where left out. */
  readonly threads?: number
  /** What to lower for; this machine where left out. */
  readonly target?: Target
}

/**
 * Lowers a graph and loads it.
 *
 * @throws Error that names a kernel without a lowering, or a state that is no input or output of the graph
 */
export async function compileOnnx(graph: PhysicalGraph, options: CompileOptions = {}): Promise<OnnxExecutable> {
  const target = options.target ?? (await probeTarget())
  const pairs = (options.state ?? []).map(({ input, output }) => ({
    input,
    output,
    value: stateValue(graph, input, output),
  }))
  const states = new Map(pairs.map(({ input, value }) => [input, value]))
  const outputLayouts: Record<string, Layout> = Object.fromEntries(
    pairs.map(({ output, value }) => [output, value.layout]),
  )
  const inputLayouts: Record<string, Layout> = Object.fromEntries(
    [...graph.inputs.keys()].map(name => [name, states.get(name)?.layout ?? 'plain']),
  )
  const model = encodeModel(lower(graph, { target, inputLayouts, outputLayouts }))
  const session = await openSession(model, {
    optimization: 'basic',
    ...(options.threads ? { threads: options.threads } : {}),
  })
  const runner = new StatefulSession(
    session,
    pairs.map(({ input, output }) => ({ input, output: outputName(graph, output) })),
  )
  return {
    setState(values) {
      for (const [name, data] of Object.entries(values)) {
        const value = states.get(name)
        if (!value) throw new TypeError(`${name} is no state (states are ${[...states.keys()].join(', ')})`)
        if (data.length !== value.shape.reduce((product, extent) => product * extent, 1))
          throw new TypeError(`state ${name}: expected shape [${value.shape}], found ${data.length} values`)
        runner.setState(name, permute(data, value.shape, orderOf(value)) as TypedTensor['data'])
      }
    },
    getState() {
      return Object.fromEntries(
        [...states].map(([name, value]) => {
          const order = orderOf(value)
          const lying = order.map(axis => value.shape[axis]!)
          return [name, permute(runner.getState(name) as Float32Array, lying, inverse(order))]
        }),
      )
    },
    async step(inputs) {
      const feeds = Object.entries(inputs).map(([name, data]) => [name, typed(graph, name, data)] as const)
      const results = await runner.step(Object.fromEntries(feeds))
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

function stateValue(graph: PhysicalGraph, input: string, output: string): PhysicalValue {
  const value = graph.inputs.get(input)
  const next = graph.outputs.get(output)
  if (!value) throw new Error(`state ${input}: the graph has no such input`)
  if (!next) throw new Error(`state ${input}: the graph has no output ${output}`)
  if (String(value.shape) !== String(next.shape))
    throw new Error(`state ${input}: shape [${value.shape}] goes in and [${next.shape}] comes back`)
  return value
}

function typed(graph: PhysicalGraph, name: string, data: TypedValues): TypedTensor {
  const value = graph.inputs.get(name)
  if (!value) throw new TypeError(`${name} is no input (inputs are ${[...graph.inputs.keys()].join(', ')})`)
  return { dtype: value.dtype, shape: value.shape, data: data as TypedTensor['data'] }
}
