/** A graph in onnxruntime, lowered for each set of operators. */
import { openSession, type TypedTensor } from '@tiny-face/onnx-session'
import type { Graph, Value } from '../../../src/graph/graph.js'
import type { TypedValues } from '../../../src/index.js'
import { permute } from '../../../src/permute.js'
import {
  type AvailableOperators,
  probeOperators,
  STANDARD_OPERATORS,
} from '../../../src/targets/onnx/available-operators.js'
import { lower, outputName } from '../../../src/targets/onnx/lower.js'
import { encodeModel } from '../../../src/targets/onnx/model-file.js'
import { type Layout, layoutOrder } from '../../../src/targets/onnx/physical-graph.js'

export const OPERATOR_SETS: Promise<Readonly<Record<string, AvailableOperators>>> = probeOperators().then(
  operators => ({
    standard: STANDARD_OPERATORS,
    plain: { contrib: true, block: 0 },
    operators,
  }),
)

/** In which layout images come; kernels then work in it, or change it. */
export const IMAGE_LAYOUTS = ['plain', 'nchw'] as const satisfies Layout[]

/** Runs a graph in onnxruntime. Images and filters go in and come out in tfjs's own order, whatever the model wants. */
export async function runGraph(
  graph: Graph,
  inputs: Record<string, TypedValues>,
  operators: AvailableOperators,
  images: Layout = 'plain',
): Promise<Record<string, TypedValues>> {
  const layoutOf = (value: Value) => (value.shape.length === 4 ? images : 'plain')
  const inputLayouts = Object.fromEntries([...graph.inputs].map(([name, value]) => [name, layoutOf(value)]))
  const { model } = lower(graph, { operators, inputLayouts })
  const session = await openSession(encodeModel(model), { optimization: 'basic', threads: 1 })
  try {
    const feeds = [...graph.inputs].map(([name, value]): [string, TypedTensor] => {
      const order = layoutOrder(layoutOf(value), value.shape.length)
      const data = permute(inputs[name]!, value.shape, order) as TypedTensor['data']
      return [name, { dtype: value.dtype, shape: order.map(axis => value.shape[axis]!), data }]
    })
    const results = await session.run(Object.fromEntries(feeds))
    return Object.fromEntries(
      [...graph.outputs.keys()].map(name => [name, results[outputName(graph, name)]!.data as TypedValues]),
    )
  } finally {
    await session.close()
  }
}
