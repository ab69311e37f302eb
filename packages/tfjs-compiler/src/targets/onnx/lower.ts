/** A graph as an ONNX model: every node through its kernel's rule. */
import type { ConstantData } from '../../graph/graph.js'
import { Builder, physicalShape, type Rules, type Target } from './builder.js'
import { convolutionRules } from './convolution.js'
import { elementwiseRules } from './elementwise.js'
import type { OnnxModel, OnnxNode, OnnxValueInfo } from './model.js'
import { movementRules } from './movement.js'
import { normalisationRules } from './normalisation.js'
import { optimiserRules } from './optimiser.js'
import type { Layout, PhysicalGraph, PhysicalValue } from './physical-graph.js'
import { poolingRules } from './pooling.js'
import { reductionRules } from './reduction.js'

const RULES: Rules = {
  ...convolutionRules,
  ...elementwiseRules,
  ...movementRules,
  ...normalisationRules,
  ...optimiserRules,
  ...poolingRules,
  ...reductionRules,
}

export interface LowerOptions {
  readonly target: Target
  readonly name?: string
  /** In which layout an input of the model is given, where not the one that its value has. */
  readonly inputLayouts?: Readonly<Record<string, Layout>>
  /** In which layout an output is wanted; tfjs's own where nothing is said. */
  readonly outputLayouts?: Readonly<Record<string, Layout>>
  /** Inputs that become constants of the model, in tfjs's own layout. */
  readonly weights?: Readonly<Record<string, ConstantData>>
  /** The extent that stands for a batch of any size. */
  readonly batch?: number
  readonly metadata?: Readonly<Record<string, string>>
}

/** Throws where a kernel has no rule, naming the kernel. */
export function lower(graph: PhysicalGraph, options: LowerOptions): OnnxModel {
  const b = new Builder(options.target, usesOf(graph), options.batch)
  const inputs: OnnxValueInfo[] = []
  for (const [name, value] of graph.inputs) {
    const weight = options.weights?.[name]
    if (weight) {
      b.set(value, b.initializer(value.dtype, weight, value.shape, name))
      continue
    }
    const layout = options.inputLayouts?.[name] ?? value.layout
    b.set(value, name, layout)
    inputs.push({ name, type: value.dtype, shape: b.declared(physicalShape(value.shape, layout)) })
  }
  for (const [value, data] of graph.constants) b.set(value, b.initializer(value.dtype, data, b.fixed(value.shape)))
  for (const node of graph.nodes) {
    const rule = RULES[node.op]
    if (!rule)
      throw new Error(`kernel ${node.op} has no ONNX lowering (output ${JSON.stringify(node.outputs[0]?.shape)})`)
    rule(node, b)
  }
  const outputs: OnnxValueInfo[] = []
  const named = new Map<string, string>()
  for (const [name, value] of graph.outputs) {
    const layout = options.outputLayouts?.[name] ?? 'plain'
    named.set(outputName(graph, name), b.get(value, layout))
    outputs.push({
      name: outputName(graph, name),
      type: value.dtype,
      shape: b.declared(physicalShape(value.shape, layout)),
    })
  }
  const nodes = nameOutputs(liveNodes(b.nodes, new Set(named.values())), named)
  const used = new Set(nodes.flatMap(node => node.inputs))
  const initializers = b.initializers.filter(({ name }) => used.has(name))
  return { name: options.name ?? 'step', nodes, initializers, inputs, outputs, metadata: options.metadata }
}

function usesOf(graph: PhysicalGraph): Map<PhysicalValue, number> {
  const uses = new Map<PhysicalValue, number>()
  for (const value of [...graph.nodes.flatMap(node => node.inputs), ...graph.outputs.values()])
    uses.set(value, (uses.get(value) ?? 0) + 1)
  return uses
}

/** Without the nodes that nothing needs: shapes that were permuted twice, outputs of kernels that nobody reads. */
function liveNodes(nodes: readonly OnnxNode[], wanted: Set<string>): OnnxNode[] {
  const live: OnnxNode[] = []
  for (const node of [...nodes].reverse()) {
    if (!node.outputs.some(output => wanted.has(output))) continue
    live.push(node)
    for (const input of node.inputs) wanted.add(input)
  }
  return live.reverse()
}

/** Gives tensors the names of the model's outputs; a second name, or one for an input or constant, takes an Identity. */
function nameOutputs(nodes: readonly OnnxNode[], named: ReadonlyMap<string, string>): OnnxNode[] {
  const produced = new Set(nodes.flatMap(node => node.outputs))
  const renamed = new Map<string, string>()
  const copies: OnnxNode[] = []
  for (const [name, tensor] of named) {
    if (produced.has(tensor) && !renamed.has(tensor)) renamed.set(tensor, name)
    else copies.push({ op: 'Identity', domain: '', inputs: [tensor], outputs: [name], attributes: {} })
  }
  const rename = (name: string) => renamed.get(name) ?? name
  return [...nodes, ...copies].map(node => ({
    ...node,
    inputs: node.inputs.map(rename),
    outputs: node.outputs.map(rename),
  }))
}

/** An output's name in the model, where a name is given once: a state that goes in and comes back under one name gets another. */
export function outputName(graph: PhysicalGraph, name: string): string {
  return graph.inputs.has(name) ? `${name}:next` : name
}
