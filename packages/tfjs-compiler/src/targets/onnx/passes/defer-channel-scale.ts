/**
 * The last step of batch norm's gradient multiplies by one number per channel: dx = factor u. Where the next kernel is the
 * gradient of a convolution, the factor goes into its filter, or into the filter's gradient, and the pass over the image is
 * saved. Only in blocks of channels.
 *
 *     dx, ... = BatchNormGrad(...)                u, ..., factor = BatchNormGradUnscaled(...)
 *     dw = Conv2DBackpropInput(dx, w)        ->   dw = Conv2DBackpropInput(u, w, factor)
 *     s = Add(dx, r)                              dx = ChannelScale(u, factor)
 *                                                 s = Add(dx, r)
 */

import { removeDeadCode } from '../../../passes/remove-dead-code.js'
import { LayoutChanges, type PhysicalGraph, type PhysicalNode, type PhysicalValue } from '../physical-graph.js'
import { onnxRule } from '../rules/index.js'

interface Scaled {
  readonly unscaled: PhysicalValue
  readonly factor: PhysicalValue
}

export function deferChannelScale(graph: PhysicalGraph): PhysicalGraph {
  const scaled = new Map<PhysicalValue, Scaled>()
  const changes = new LayoutChanges()
  for (const node of graph.nodes) {
    const [first] = node.inputs
    const source = first && scaled.get(first)
    if (node.op === 'BatchNormGrad' && node.outputs[0]!.layout === 'blocked') {
      changes.nodes.push(...split(node, scaled))
      continue
    }
    // a copy in another layout is one of something to multiply as well
    if (source && node.op === 'LayoutChange')
      scaled.set(node.outputs[0]!, {
        unscaled: changes.obtain(source.unscaled, node.outputs[0]!.layout),
        factor: source.factor,
      })
    const dy = gradientOf(node)
    const taken = dy === undefined ? undefined : scaled.get(node.inputs[dy]!)
    if (taken === undefined || !onnxRule(node).takesFactor?.(node)) changes.nodes.push(node)
    else changes.nodes.push({ ...node, inputs: [...node.inputs.with(dy!, taken.unscaled), taken.factor] })
  }
  return removeDeadCode({ ...graph, nodes: changes.nodes }) as PhysicalGraph
}

/** Where the kernel's dy stands among its inputs: first, or second in the gradients by filters. */
function gradientOf({ op }: PhysicalNode): number | undefined {
  return op.endsWith('BackpropInput') ? 0 : op.endsWith('BackpropFilter') ? 1 : undefined
}

function split(node: PhysicalNode, scaled: Map<PhysicalValue, Scaled>): PhysicalNode[] {
  const [dx, ...vectors] = node.outputs as [PhysicalValue, ...PhysicalValue[]]
  const [unscaled, factor]: [PhysicalValue, PhysicalValue] = [{ ...dx }, { ...vectors[0]! }]
  scaled.set(dx, { unscaled, factor })
  return [
    { ...node, op: 'BatchNormGradUnscaled', outputs: [unscaled, ...vectors, factor] },
    { op: 'ChannelScale', inputs: [unscaled, factor], outputs: [dx], attributes: {} },
  ]
}
