import type { Graph, GraphNode, Value } from '../graph/graph.js'

/** Drops nodes and constants that no output needs. Inputs stay: they are the graph's interface. */
export function removeDeadCode(graph: Graph): Graph {
  const { nodes, needed } = neededNodes<Value, GraphNode>(graph.nodes, graph.outputs.values())
  return { ...graph, nodes, constants: new Map([...graph.constants].filter(([value]) => needed.has(value))) }
}

/** The nodes that the outputs need, in their order, and every value that these read. */
export function neededNodes<V, N extends { readonly inputs: readonly V[]; readonly outputs: readonly V[] }>(
  nodes: readonly N[],
  outputs: Iterable<V>,
): { nodes: N[]; needed: ReadonlySet<V> } {
  const needed = new Set(outputs)
  const left = nodes.toReversed().filter(node => {
    if (!node.outputs.some(output => needed.has(output))) return false
    for (const input of node.inputs) needed.add(input)
    return true
  })
  return { nodes: left.reverse(), needed }
}
