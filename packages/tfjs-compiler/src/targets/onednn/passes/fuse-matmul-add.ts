import type { Graph, GraphNode, Value } from '../../../graph/graph.js'
import { rewrite } from '../../../passes/rewrite.js'
import { readersOf } from '../value-readers.js'

/**
 * A product that is added to something alone becomes one kernel, which adds to what lies in its place: how the gradient of a head's
 * centres comes together.
 *
 *     m = BatchMatMul(a, b)       y = MatMulAdd(a, b, c)
 *     y = Add(m, c)
 */
export function fuseMatMulAdd(graph: Graph): Graph {
  const readers = readersOf(graph)
  const producers = new Map<Value, GraphNode>()
  for (const node of graph.nodes) for (const output of node.outputs) producers.set(output, node)
  /** Looks through a Reshape: tfjs may make a product a stack of one. */
  const productOf = (value: Value): GraphNode[] | undefined => {
    if (readers.get(value)?.length !== 1) return undefined
    const node = producers.get(value)
    if (node?.op === 'BatchMatMul') return [node]
    if (node?.op !== 'Reshape') return undefined
    const product = productOf(node.inputs[0]!)
    return product && [...product, node]
  }
  const fused = new Map<GraphNode, { parts: readonly GraphNode[]; other: Value }>()
  for (const node of graph.nodes) {
    const [a, b] = node.inputs
    if (node.op !== 'Add' || a === b || String(a!.shape) !== String(b!.shape)) continue
    for (const [value, other] of [
      [a!, b!],
      [b!, a!],
    ] as const) {
      const parts = productOf(value)
      if (!parts || readers.get(other)?.length !== 1 || !producers.has(other)) continue
      if (!sameMatrices(parts[0]!.outputs[0]!, value)) continue
      fused.set(node, { parts, other })
      break
    }
  }
  const gone = new Set([...fused.values()].flatMap(({ parts }) => parts))
  return rewrite(graph, node => {
    if (gone.has(node)) return { nodes: [] }
    const found = fused.get(node)
    if (!found) return undefined
    const [product] = found.parts as [GraphNode]
    return { nodes: [{ ...product, op: 'MatMulAdd', inputs: [...product.inputs, found.other], outputs: node.outputs }] }
  })
}

/** The same matrices, whether they are a stack of one or not. */
function sameMatrices(product: Value, sum: Value): boolean {
  const stack = ({ shape }: Value) =>
    shape.slice(shape.findIndex((extent, axis) => extent !== 1 || axis >= shape.length - 2))
  return sum.shape.length >= 2 && String(stack(product)) === String(stack(sum))
}
