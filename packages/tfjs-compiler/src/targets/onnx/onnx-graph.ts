/** An ONNX graph between its writing and its encoding: what the last passes work on. */
import type { ElementType, OnnxModel, OnnxNode, OnnxTensor, OnnxValueInfo } from './model-file.js'
import type { PhysicalValue } from './physical-graph.js'

export interface OnnxOutput {
  readonly name: string
  readonly tensor: string
  readonly type: ElementType
  readonly shape: readonly (number | string)[]
}

/** Nodes in an order of execution; a tensor has one name and one maker. */
export interface OnnxGraph {
  readonly nodes: readonly OnnxNode[]
  readonly initializers: readonly OnnxTensor[]
  readonly inputs: readonly OnnxValueInfo[]
  readonly outputs: readonly OnnxOutput[]
  /** What is known of tensors that were values of the graph before: all others have no entry. */
  readonly values: ReadonlyMap<string, PhysicalValue>
}

/** Nodes and outputs that read other tensors instead. */
export function renamed(graph: OnnxGraph, names: ReadonlyMap<string, string>): OnnxGraph {
  const rename = (name: string) => names.get(name) ?? name
  const nodes = graph.nodes.map(node => ({ ...node, inputs: node.inputs.map(rename) }))
  const outputs = graph.outputs.map(output => ({ ...output, tensor: rename(output.tensor) }))
  return { ...graph, nodes, outputs }
}

/** Gives tensors the names of the outputs; a second name, or one for an input or constant, takes an Identity. */
export function toModel(graph: OnnxGraph, name: string, metadata?: Readonly<Record<string, string>>): OnnxModel {
  const produced = new Set(graph.nodes.flatMap(node => node.outputs))
  const names = new Map<string, string>()
  const copies: OnnxNode[] = []
  for (const { name, tensor } of graph.outputs) {
    if (produced.has(tensor) && !names.has(tensor)) names.set(tensor, name)
    else copies.push({ op: 'Identity', domain: '', inputs: [tensor], outputs: [name], attributes: {} })
  }
  const rename = (tensor: string) => names.get(tensor) ?? tensor
  const nodes = [...graph.nodes, ...copies].map(node => ({
    ...node,
    inputs: node.inputs.map(rename),
    outputs: node.outputs.map(rename),
  }))
  return { name, nodes, initializers: graph.initializers, inputs: graph.inputs, outputs: graph.outputs, metadata }
}

/** One line for each input, node and output; small constants stand where they are used. */
export function printOnnxGraph(graph: OnnxGraph): string {
  const names = new Map(graph.inputs.map(({ name }) => [name, name]))
  for (const { name, data, shape, type } of graph.initializers) {
    const items = Array.from(data as Float32Array | BigInt64Array, String)
    const text = shape.length === 0 ? items[0]! : `[${items.join(',')}]`
    names.set(name, items.length > 8 ? `${type}[${shape}]` : text)
  }
  let count = 0
  const define = (name: string) => {
    const letter = `t${count++}`
    names.set(name, letter)
    const value = graph.values.get(name)
    return value ? `${letter}:[${value.shape}]${value.layout === 'plain' ? '' : `@${value.layout}`}` : letter
  }
  const use = (name: string) => names.get(name) ?? name
  const lines = graph.inputs.map(({ name, shape }) => `input ${name}:[${shape}]`)
  for (const { domain, op, inputs, outputs, attributes } of graph.nodes) {
    const call = `${domain ? `${domain.split('.').at(-1)}.` : ''}${op}(${inputs.map(use).join(', ')})`
    lines.push(`${outputs.map(define).join(', ')} = ${call}${printAttributes(attributes)}`)
  }
  return [...lines, ...graph.outputs.map(({ name, tensor }) => `output ${name} = ${use(tensor)}`)].join('\n')
}

function printAttributes(attributes: OnnxNode['attributes']): string {
  const entries = Object.entries(attributes)
  if (entries.length === 0) return ''
  return ` {${entries.map(([name, value]) => `${name}: ${JSON.stringify(value).replaceAll('"', '')}`).join(', ')}}`
}
