import type { Graph, GraphNode, Value } from '../../../graph/graph.js'
import { rewrite } from '../../../passes/rewrite.js'

/**
 * `Multiply(dy, Step(x))`, tfjs's gradient of a ReLU, becomes one kernel; of the ReLU's result where there is one, which has the same
 * sign, so that its input need not be kept until then.
 *
 *     s = Step(x)                 dx = ReluGrad(dy, y)      y = Relu(x)
 *     dx = Multiply(dy, s)
 */
export function joinReluGradient(graph: Graph): Graph {
  const producers = new Map<Value, GraphNode>()
  const results = new Map<Value, Value>()
  return rewrite(graph, node => {
    for (const output of node.outputs) producers.set(output, node)
    if (node.op === 'Relu') results.set(node.inputs[0]!, node.outputs[0]!)
    if (node.op !== 'Multiply') return undefined
    for (const [at, input] of node.inputs.entries()) {
      const step = producers.get(input)
      const dy = node.inputs[1 - at]!
      if (step?.op !== 'Step' || step.attributes.alpha || !sameShape(dy, input)) continue
      const x = step.inputs[0]!
      return { nodes: [{ ...node, op: 'ReluGrad', inputs: [dy, results.get(x) ?? x], attributes: {} }] }
    }
    return undefined
  })
}

const sameShape = (a: Value, b: Value) => String(a.shape) === String(b.shape)
