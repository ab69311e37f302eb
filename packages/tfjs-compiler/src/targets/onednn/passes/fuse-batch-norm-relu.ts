import type { Graph, GraphNode, Value } from '../../../graph/graph.js'
import { rewrite } from '../../../passes/rewrite.js'
import { readersOf } from '../value-readers.js'

/**
 * A batch norm whose result goes into a ReLU alone, and the two gradients one after the other, become one kernel each: one pass over
 * the memory less, both ways. The fourth output is the ReLU's mask in a form of
 * oneDNN's own, for the gradient alone.
 *
 *     b, mean, variance = BatchNorm(x, scale, offset)       y, mean, variance, mask = BatchNormRelu(x, scale, offset)
 *     y = Relu(b)
 *     g = ReluGrad(dy, y)                                   dx, … = BatchNormReluGrad(dy, x, scale, mean, variance, mask)
 *     dx, … = BatchNormGrad(g, x, scale, mean, variance)
 */
export function fuseBatchNormRelu(graph: Graph): Graph {
  const readers = readersOf(graph)
  const only = (value: Value) => {
    const found = readers.get(value) ?? []
    return found.length === 1 ? found[0] : undefined
  }
  const forward = new Map<GraphNode, { relu: GraphNode; mask: Value }>()
  const backward = new Map<GraphNode, { gradient: GraphNode; mask: Value }>()
  for (const node of graph.nodes) {
    if (node.op !== 'BatchNorm' || node.inputs[0]!.shape.length !== 4) continue
    const relu = only(node.outputs[0]!)
    if (relu === 'output' || relu?.op !== 'Relu') continue
    const mask: Value = { shape: node.inputs[0]!.shape, dtype: 'bool' }
    forward.set(node, { relu, mask })
    for (const reader of readers.get(relu.outputs[0]!) ?? []) {
      if (reader === 'output' || reader.op !== 'ReluGrad' || reader.inputs[1] !== relu.outputs[0]) continue
      const gradient = only(reader.outputs[0]!)
      if (gradient === 'output' || gradient?.op !== 'BatchNormGrad') continue
      if (gradient.inputs[0] === reader.outputs[0] && gradient.inputs[1] === node.inputs[0])
        backward.set(reader, { gradient, mask })
    }
  }
  const gone = new Set<GraphNode>([...[...forward.values()].map(({ relu }) => relu), ...backward.keys()])
  const masks = new Map([...backward].map(([relu, { gradient, mask }]) => [gradient, { dy: relu.inputs[0]!, mask }]))
  return rewrite(graph, node => {
    if (gone.has(node)) return { nodes: [] }
    const fused = forward.get(node)
    if (fused) {
      const outputs = [fused.relu.outputs[0]!, ...node.outputs.slice(1), fused.mask]
      return { nodes: [{ ...node, op: 'BatchNormRelu', outputs }] }
    }
    const masked = masks.get(node)
    if (!masked) return undefined
    const inputs = [masked.dy, ...node.inputs.slice(1), masked.mask]
    return { nodes: [{ ...node, op: 'BatchNormReluGrad', inputs }] }
  })
}
