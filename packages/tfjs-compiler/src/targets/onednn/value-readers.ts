import type { Graph, GraphNode, Value } from '../../graph/graph.js'

/** Who reads each value: nodes, as often as they do, and the graph's own outputs. */
export function readersOf(graph: Graph): ReadonlyMap<Value, readonly (GraphNode | 'output')[]> {
  const readers = new Map<Value, (GraphNode | 'output')[]>()
  const read = (value: Value, reader: GraphNode | 'output') => {
    const list = readers.get(value)
    if (list) list.push(reader)
    else readers.set(value, [reader])
  }
  for (const node of graph.nodes) for (const input of node.inputs) read(input, node)
  for (const value of graph.outputs.values()) read(value, 'output')
  return readers
}
