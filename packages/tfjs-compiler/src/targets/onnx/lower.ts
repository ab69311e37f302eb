/** A graph as an ONNX model: layouts first, then every node through its kernel's rule, then what can be saved. */
import type { ConstantData, Graph } from '../../graph/graph.js'
import { permute } from '../../permute.js'
import type { AvailableOperators } from './available-operators.js'
import type { OnnxModel } from './model-file.js'
import { type OnnxGraph, type OnnxOutput, toModel } from './onnx-graph.js'
import { assignLayouts } from './passes/assign-layouts.js'
import { blockChannels } from './passes/block-channels.js'
import { deferChannelScale } from './passes/defer-channel-scale.js'
import { fuseConvRelu } from './passes/fuse-conv-relu.js'
import { fuseConvSum } from './passes/fuse-conv-sum.js'
import { joinReshapes } from './passes/join-reshapes.js'
import { mergeCommonNodes } from './passes/merge-common-nodes.js'
import { removeDeadNodes } from './passes/remove-dead-nodes.js'
import { stepOfRelu } from './passes/step-of-relu.js'
import { type Layout, layoutOrder, type PhysicalGraph, type PhysicalValue, physicalShape } from './physical-graph.js'
import { onnxRule } from './rules/index.js'
import { Writer } from './writer.js'

export interface LowerOptions {
  readonly operators: AvailableOperators
  readonly name?: string
  /** Name of the input to the name of the output that gives its next value; the two lie alike. */
  readonly state?: ReadonlyMap<string, string>
  /** Inputs that are set once, and may lie as suits the kernels. */
  readonly constants?: readonly string[]
  /** The layouts of other inputs, where that is not tfjs's own. */
  readonly inputLayouts?: Readonly<Record<string, Layout>>
  /** Inputs that become constants of the model, in tfjs's own layout. */
  readonly weights?: Readonly<Record<string, ConstantData>>
  readonly metadata?: Readonly<Record<string, string>>
}

/** A model, and how its inputs and outputs lie. */
export interface Lowered {
  readonly model: OnnxModel
  readonly graph: PhysicalGraph
}

/** What is done to the nodes that the rules wrote. */
export const ONNX_PASSES: readonly ((graph: OnnxGraph) => OnnxGraph)[] = [
  joinReshapes,
  removeDeadNodes,
  mergeCommonNodes,
  fuseConvSum,
  fuseConvRelu,
  mergeCommonNodes,
]

/** @throws UnsupportedKernel for a kernel without a rule */
export function lower(graph: Graph, options: LowerOptions): Lowered {
  const { operators, name = 'step', state, constants = [], inputLayouts, weights = {}, metadata } = options
  const settable = new Set([...(state?.keys() ?? []), ...constants, ...Object.keys(weights)])
  const placed = assignLayouts(stepOfRelu(graph), { settable, given: inputLayouts, state })
  const physical = deferChannelScale(blockChannels(placed, operators))
  const written = write(physical, operators, { weights, settable, state })
  return {
    model: toModel(
      ONNX_PASSES.reduce((onnx, pass) => pass(onnx), written),
      name,
      metadata,
    ),
    graph: physical,
  }
}

/** Every node through its rule. Inputs that are set once, and the states among the outputs, have the shape of vectors. */
export function write(
  graph: PhysicalGraph,
  operators: AvailableOperators,
  { weights = {}, settable, state }: Pick<LowerOptions, 'weights' | 'state'> & { settable?: ReadonlySet<string> } = {},
): OnnxGraph {
  const b = new Writer(operators, graph.batch)
  const free = [...graph.inputs].filter(([name]) => !Object.hasOwn(weights, name))
  const isSet = (name: string) => settable?.has(name) ?? false
  for (const [name, value] of free) isSet(name) ? b.setVector(value, name) : b.set(value, name)
  for (const [name, data] of Object.entries(weights)) {
    const value = graph.inputs.get(name)!
    const order = layoutOrder(value.layout, value.shape.length)
    const shape = order.map(axis => value.shape[axis]!)
    b.set(value, b.initializer(value.dtype, permute(data, value.shape, order), shape, name))
  }
  for (const [value, data] of graph.constants) b.set(value, b.initializer(value.dtype, data, b.fixed(value.shape)))
  for (const node of graph.nodes) onnxRule(node).write(node, b)
  const shapeOf = (value: PhysicalValue, isVector: boolean) =>
    b.declared(isVector ? b.vectorShape(value) : physicalShape(value))
  const next = new Set(state?.values())
  const outputs = [...graph.outputs].map(([name, value]): OnnxOutput => {
    const isVector = next.has(name)
    const tensor = isVector ? b.getVector(value) : b.get(value)
    return { name: outputName(graph, name), tensor, type: value.dtype, shape: shapeOf(value, isVector) }
  })
  const inputs = free.map(([name, value]) => ({ name, type: value.dtype, shape: shapeOf(value, isSet(name)) }))
  return { nodes: b.nodes, initializers: b.initializers, inputs, outputs, values: b.values }
}

/** An output's name in the model, where a name is given once: a state that goes in and comes back under one name gets another. */
export function outputName(graph: Graph, name: string): string {
  return graph.inputs.has(name) ? `${name}:next` : name
}
