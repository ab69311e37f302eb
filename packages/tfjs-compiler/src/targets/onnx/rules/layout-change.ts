/** What is no kernel: the nodes that this target's own passes insert (see `physical-graph.ts`). */
import { channelled, channelPass } from '../channelwise.js'
import { isFreeLayoutChange, layoutOrder, type PhysicalValue, physicalShape } from '../physical-graph.js'
import type { OnnxRule, Write } from '../rule.js'
import type { Writer } from '../writer.js'
import { writeBatchNormGrad } from './normalisation.js'

const layoutChange: Write = (node, b) => {
  const [input, output] = [node.inputs[0]!, node.outputs[0]!]
  b.set(output, changed(b, input, output))
}

function changed(b: Writer, input: PhysicalValue, output: PhysicalValue): string {
  const [from, to] = [input.layout, output.layout]
  const name = b.get(input)
  if (to === 'blocked' || from === 'blocked') {
    if (isFreeLayoutChange(input.shape, from, to)) return name
    const op = to === 'blocked' ? 'ReorderInput' : 'ReorderOutput'
    const attributes: Record<string, number> = to === 'blocked' ? {} : { channels: input.shape[3]! }
    return b.operator('com.microsoft.nchwc', op, [name], attributes, 1)[0]!
  }
  const rank = input.shape.length
  const source = layoutOrder(from, rank)
  const order = layoutOrder(to, rank).map(axis => source.indexOf(axis))
  return b.transpose(name, physicalShape(input), order)
}

const channelScale: Write = (node, b) => {
  const [x, factor] = node.inputs as [PhysicalValue, PhysicalValue]
  b.set(node.outputs[0]!, channelPass(b, b.get(x), channelled(x), { scale: b.get(factor) }))
}

export const physicalRules: Readonly<Record<string, OnnxRule>> = {
  LayoutChange: { layout: 'plain', write: layoutChange },
  ChannelScale: { layout: 'plain', write: channelScale },
  BatchNormGradUnscaled: { layout: 'plain', write: writeBatchNormGrad },
}
