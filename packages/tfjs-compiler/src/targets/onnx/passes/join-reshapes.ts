import type { OnnxNode } from '../model-file.js'
import type { OnnxGraph } from '../onnx-graph.js'

/**
 * A Reshape of a Reshape looks at the first tensor itself. A Reshape costs no bytes, but each is a call.
 *
 *     t0 = Reshape(x, [4,6])           t0 = Reshape(x, [4,6])
 *     t1 = Reshape(t0, [24])      ->   t1 = Reshape(x, [24])
 */
export function joinReshapes(graph: OnnxGraph): OnnxGraph {
  const sources = new Map<string, string>()
  const nodes = graph.nodes.map((node): OnnxNode => {
    if (node.op !== 'Reshape' || node.domain !== '') return node
    const [x, shape] = node.inputs as [string, string]
    const source = sources.get(x) ?? x
    sources.set(node.outputs[0]!, source)
    return { ...node, inputs: [source, shape] }
  })
  return { ...graph, nodes }
}
