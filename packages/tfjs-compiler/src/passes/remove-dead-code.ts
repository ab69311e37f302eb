import type { Graph, Value } from '../graph/graph.js'

/** Drops nodes and constants that no output needs. Inputs stay: they are the graph's interface. */
export function removeDeadCode(graph: Graph): Graph {
  const needed = new Set<Value>(graph.outputs.values())
  const nodes = graph.nodes
    .toReversed()
    .filter(node => {
      if (!node.outputs.some(output => needed.has(output))) return false
      for (const input of node.inputs) needed.add(input)
      return true
    })
    .reverse()
  return { ...graph, nodes, constants: new Map([...graph.constants].filter(([value]) => needed.has(value))) }
}
