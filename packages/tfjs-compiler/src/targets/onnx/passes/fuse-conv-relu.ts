import type { OnnxNode } from '../model-file.js'
import type { OnnxGraph } from '../onnx-graph.js'

/**
 * A convolution in blocks applies the ReLU that is all that reads its result.
 *
 *     t0 = nchwc.Conv(x, w)
 *     t1 = Relu(t0)             ->   t1 = nchwc.Conv(x, w) {activation: Relu}
 */
export function fuseConvRelu(graph: OnnxGraph): OnnxGraph {
  const uses = new Map<string, number>()
  const use = (name: string) => uses.set(name, (uses.get(name) ?? 0) + 1)
  for (const node of graph.nodes) node.inputs.forEach(use)
  for (const { tensor } of graph.outputs) use(tensor)
  const makers = new Map<string, OnnxNode>()
  const fused = new Set<OnnxNode>()
  const nodes = graph.nodes.map(node => {
    const conv = node.op === 'Relu' ? makers.get(node.inputs[0]!) : undefined
    const fits =
      conv?.op === 'Conv' && conv.domain === 'com.microsoft.nchwc' && conv.attributes.activation === undefined
    if (!fits || uses.get(node.inputs[0]!) !== 1) {
      for (const name of node.outputs) makers.set(name, node)
      return node
    }
    fused.add(conv)
    return { ...conv, outputs: node.outputs, attributes: { ...conv.attributes, activation: 'Relu' } }
  })
  return { ...graph, nodes: nodes.filter(node => !fused.has(node)) }
}
