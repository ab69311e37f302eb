import type { OnnxGraph } from '../onnx-graph.js'

/** Drops nodes and initializers that no output needs: outputs of kernels that nobody reads, shapes that nobody looks at. */
export function removeDeadNodes(graph: OnnxGraph): OnnxGraph {
  const needed = new Set(graph.outputs.map(({ tensor }) => tensor))
  const nodes = graph.nodes
    .toReversed()
    .filter(node => {
      if (!node.outputs.some(output => needed.has(output))) return false
      for (const input of node.inputs) needed.add(input)
      return true
    })
    .reverse()
  return { ...graph, nodes, initializers: graph.initializers.filter(({ name }) => needed.has(name)) }
}
