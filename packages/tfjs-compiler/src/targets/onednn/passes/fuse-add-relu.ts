import type { Graph, GraphNode } from '../../../graph/graph.js'
import { rewrite } from '../../../passes/rewrite.js'
import { readersOf } from '../value-readers.js'

/**
 * A sum that goes into a ReLU alone becomes one kernel: what ends a residual block.
 *
 *     s = Add(a, b)       y = AddRelu(a, b)
 *     y = Relu(s)
 */
export function fuseAddRelu(graph: Graph): Graph {
  const readers = readersOf(graph)
  const relus = new Map<GraphNode, GraphNode>()
  for (const node of graph.nodes) {
    const [y] = node.outputs
    if (node.op !== 'Add' || y!.dtype !== 'float32' || !node.inputs.every(x => String(x.shape) === String(y!.shape)))
      continue
    const [relu, ...more] = readers.get(y!) ?? []
    if (relu !== undefined && relu !== 'output' && relu.op === 'Relu' && more.length === 0) relus.set(node, relu)
  }
  const gone = new Set(relus.values())
  return rewrite(graph, node => {
    if (gone.has(node)) return { nodes: [] }
    const relu = relus.get(node)
    return relu && { nodes: [{ ...node, op: 'AddRelu', outputs: relu.outputs }] }
  })
}
