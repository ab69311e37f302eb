/** What the passes share: one walk in order of execution that replaces nodes or values. */

import type { Graph, GraphNode, Value } from '../graph/graph.js'

/** What to put in a node's place: other nodes that produce its outputs, or values that already exist. */
export interface Replacement {
  readonly nodes?: readonly GraphNode[]
  /** In the order of the node's outputs. */
  readonly values?: readonly Value[]
}

/**
 * Asks `replace` about every node, its inputs already replaced; undefined keeps the node. Nodes that end up without a use
 * stay: dead-code removal takes them.
 */
export function rewrite(graph: Graph, replace: (node: GraphNode) => Replacement | undefined): Graph {
  const replaced = new Map<Value, Value>()
  const current = (value: Value) => replaced.get(value) ?? value
  const nodes: GraphNode[] = []
  for (const original of graph.nodes) {
    const moved = original.inputs.some(value => replaced.has(value))
    const node = moved ? { ...original, inputs: original.inputs.map(current) } : original
    const replacement = replace(node)
    if (!replacement) nodes.push(node)
    nodes.push(...(replacement?.nodes ?? []))
    for (const [index, value] of (replacement?.values ?? []).entries()) replaced.set(node.outputs[index]!, value)
  }
  const outputs = new Map([...graph.outputs].map(([name, value]) => [name, current(value)]))
  return { ...graph, nodes, outputs }
}

/** The number that every element of a value has, where the graph itself says so. */
export function uniformValues(graph: Graph): Map<Value, number> {
  const uniform = new Map<Value, number>()
  for (const [value, data] of graph.constants) if (data.length === 1) uniform.set(value, data[0]!)
  for (const { op, outputs, attributes } of graph.nodes)
    if (op === 'Fill') uniform.set(outputs[0]!, Number(attributes.value))
  return uniform
}
