import type { Graph, Value } from '../../../graph/graph.js'
import { rewrite } from '../../../passes/rewrite.js'

/**
 * tfjs takes the slope of a ReLU from what went into it. What came out has the same: so the input need not be kept for the
 * gradient, and the convolution that made it can apply the ReLU itself.
 *
 *     y = Relu(x)           y = Relu(x)
 *     s = Step(x)     ->    s = Step(y)
 */
export function stepOfRelu(graph: Graph): Graph {
  const rectified = new Map<Value, Value>()
  return rewrite(graph, node => {
    const [x] = node.inputs
    if (node.op === 'Relu') rectified.set(x!, node.outputs[0]!)
    const y = node.op === 'Step' && node.attributes.alpha === 0 ? rectified.get(x!) : undefined
    return y && { nodes: [{ ...node, inputs: [y] }] }
  })
}
