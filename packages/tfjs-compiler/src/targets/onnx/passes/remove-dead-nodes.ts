import { neededNodes } from '../../../passes/remove-dead-code.js'
import type { OnnxNode } from '../model-file.js'
import type { OnnxGraph } from '../onnx-graph.js'

/** Drops nodes and initializers that no output needs: outputs of kernels that nobody reads, shapes that nobody looks at. */
export function removeDeadNodes(graph: OnnxGraph): OnnxGraph {
  const outputs = graph.outputs.map(({ tensor }) => tensor)
  const { nodes, needed } = neededNodes<string, OnnxNode>(graph.nodes, outputs)
  return { ...graph, nodes, initializers: graph.initializers.filter(({ name }) => needed.has(name)) }
}
