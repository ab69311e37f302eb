import type { Graph, GraphNode, Value } from '../../../graph/graph.js'
import { rewrite } from '../../../passes/rewrite.js'
import { readersOf } from '../value-readers.js'

/** A convolution with what is done to its result before it is stored; `parts` are the nodes that it stands for. */
export interface EpilogueNode extends GraphNode {
  readonly op: 'ConvolutionEpilogue'
  readonly parts: readonly GraphNode[]
}

export const isEpilogue = (node: GraphNode): node is EpilogueNode => node.op === 'ConvolutionEpilogue'

const CONVOLUTIONS = new Set(['Conv2D', 'DepthwiseConv2dNative'])

/**
 * While a network only infers, a convolution takes in the batch norm by given statistics after it, then a PReLU, ReLU or ReLU6, or a sum and
 * its ReLU: one pass over the memory in place of four.
 *
 *     c = Conv2D(x, w)                                     y = ConvolutionEpilogue(x, w, scale, offset, mean, variance, slope)
 *     b = FusedBatchNorm(c, scale, offset, mean, variance)
 *     y = Prelu(b, slope)
 */
export function fuseConvolutionEpilogue(graph: Graph): Graph {
  const readers = readersOf(graph)
  const next = (value: Value): GraphNode | undefined => {
    const [reader, ...more] = readers.get(value) ?? []
    return more.length > 0 || reader === 'output' ? undefined : reader
  }
  const fused = new Map<GraphNode, EpilogueNode>()
  const gone = new Set<GraphNode>()
  for (const convolution of graph.nodes) {
    if (!CONVOLUTIONS.has(convolution.op)) continue
    const norm = next(convolution.outputs[0]!)
    if (norm?.op !== 'FusedBatchNorm' || norm.inputs[0] !== convolution.outputs[0]) continue
    let parts = [convolution, norm]
    let inputs = [...convolution.inputs, ...norm.inputs.slice(1)]
    let last = norm
    const bare = { parts: [...parts], inputs: [...inputs] }
    const take = (node: GraphNode, more: readonly Value[] = []) => {
      parts.push(node)
      inputs.push(...more)
      last = node
    }
    const after = next(norm.outputs[0]!)
    if (after?.op === 'Relu' || after?.op === 'Relu6') take(after)
    else if (after?.op === 'Prelu' && after.inputs[1]!.shape.length === 1) take(after, [after.inputs[1]!])
    else if (after && isResidualSum(after)) {
      const other = after.inputs[after.inputs[0] === norm.outputs[0] ? 1 : 0]!
      take(after, [other])
      const relu = next(after.outputs[0]!)
      if (relu?.op === 'Relu') take(relu)
    }
    // Of two convolutions that are added up, the first takes the sum.
    if (parts.some(part => gone.has(part))) {
      parts = bare.parts
      inputs = bare.inputs
      last = norm
    }
    // The whole stands where its last part stood: by then all that it reads is there.
    for (const part of parts) gone.add(part)
    const { attributes, source } = convolution
    fused.set(last, { op: 'ConvolutionEpilogue', inputs, outputs: last.outputs, attributes, source, parts })
  }
  return rewrite(graph, node => {
    const whole = fused.get(node)
    if (whole) return { nodes: [whole] }
    return gone.has(node) ? { nodes: [] } : undefined
  })
}

const isResidualSum = ({ op, inputs: [a, b] }: GraphNode) =>
  op === 'Add' && a !== b && String(a!.shape) === String(b!.shape)
