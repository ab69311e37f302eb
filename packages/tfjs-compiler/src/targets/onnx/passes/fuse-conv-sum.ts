/**
 * A convolution in blocks can add a tensor to its result: activation(x * filter + offset + sum). So an Add of two images in
 * blocks becomes part of the convolution that makes one of them, where nothing else reads that one.
 *
 *     t0 = nchwc.Conv(x, w)            t0 = Expand(0, [channels])
 *     t1 = Add(t0, r)             ->   t1 = nchwc.Conv(x, w, t0, r)
 */

import type { OnnxNode, OnnxTensor } from '../model-file.js'
import type { OnnxGraph } from '../onnx-graph.js'
import { sameShape } from '../rule.js'

export function fuseConvSum(graph: OnnxGraph): OnnxGraph {
  const uses = new Map<string, number>()
  const use = (name: string) => uses.set(name, (uses.get(name) ?? 0) + 1)
  for (const node of graph.nodes) node.inputs.forEach(use)
  for (const { tensor } of graph.outputs) use(tensor)
  const makers = new Map<string, OnnxNode>()
  const initializers: OnnxTensor[] = [...graph.initializers]
  const nodes: OnnxNode[] = []
  const fused = new Set<OnnxNode>()

  /** The convolution that makes a tensor, if it may take a sum. */
  const takesSum = (name: string): OnnxNode | undefined => {
    const maker = makers.get(name)
    const free = maker && uses.get(name) === 1 && maker.inputs.length <= 3 && maker.attributes.activation === undefined
    return free && maker.domain === 'com.microsoft.nchwc' && maker.op === 'Conv' ? maker : undefined
  }
  /** The name of a vector of zeros: a convolution with a sum must have an offset. */
  const zeros = (output: string, channels: number): string => {
    const [zero, length, name] = [`${output}.zero`, `${output}.channels`, `${output}.offset`]
    initializers.push({ name: zero, type: 'float32', shape: [1], data: new Float32Array(1) })
    initializers.push({ name: length, type: 'int64', shape: [1], data: BigInt64Array.of(BigInt(channels)) })
    nodes.push({ op: 'Expand', domain: '', inputs: [zero, length], outputs: [name], attributes: {} })
    return name
  }

  for (const node of graph.nodes) {
    const images = node.op === 'Add' && node.domain === '' ? node.inputs.map(name => graph.values.get(name)) : []
    const [left, right] = images
    let written = node
    if (left?.layout === 'blocked' && right?.layout === 'blocked' && sameShape(left, right)) {
      const [first, second] = node.inputs as [string, string]
      const conv = takesSum(second) ?? takesSum(first)
      if (conv) {
        const [x, filter, offset] = conv.inputs as [string, string, string?]
        const sum = conv.outputs[0] === second ? first : second
        const inputs = [x, filter, offset ?? zeros(node.outputs[0]!, left.shape[3]!), sum]
        written = { ...conv, inputs, outputs: node.outputs }
        fused.add(conv)
      }
    }
    nodes.push(written)
    for (const name of written.outputs) makers.set(name, written)
  }
  return { ...graph, initializers, nodes: nodes.filter(node => !fused.has(node)) }
}
