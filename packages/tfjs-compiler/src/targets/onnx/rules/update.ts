/** The update of a parameter and of a running statistic. */
import { numberOf } from '../../../attributes.js'
import { sizeOf } from '../../../graph/graph.js'
import type { updateKernels } from '../../../kernels/update.js'
import { vectorPass } from '../channelwise.js'
import type { PhysicalValue } from '../physical-graph.js'
import type { OnnxRules, Write } from '../rule.js'
import type { Writer } from '../writer.js'

const scaled = (b: Writer, x: string, factor: number) =>
  factor === 1 ? x : b.op('Mul', [x, b.scalar('float32', factor)])

/** PyTorch's SGD: g += weightDecay p; v = momentum v + g; p -= learningRate v. In the layout the parameter is kept in. */
const momentumUpdate: Write = (node, b) => {
  const [parameter, velocity, gradient, learningRate] = node.inputs as [
    PhysicalValue,
    PhysicalValue,
    PhysicalValue,
    PhysicalValue,
  ]
  const [newParameter, newVelocity] = node.outputs as [PhysicalValue, PhysicalValue]
  const [p, v, g] = [parameter, velocity, gradient].map(value => b.getVector(value)) as [string, string, string]
  const decay = numberOf(node, 'weightDecay', 0)
  const number = (value: number) => b.scalar('float32', value)
  const pass = vectorPass(b, sizeOf(parameter.shape))
  const decayed = decay === 0 ? g : pass(p, number(decay), g)
  const moved = pass(v, number(numberOf(node, 'momentum')), decayed)
  b.setVector(newVelocity, moved)
  b.setVector(newParameter, pass(moved, b.op('Neg', [b.get(learningRate)]), p))
}

/** running decay + batch (1 - decay); the batch's value times `correction` first (n / (n - 1) makes a variance unbiased). */
const movingAverage: Write = (node, b) => {
  const [running, batch] = node.inputs as [PhysicalValue, PhysicalValue]
  const decay = numberOf(node, 'decay')
  const fresh = scaled(b, b.get(batch), (1 - decay) * numberOf(node, 'correction', 1))
  b.set(node.outputs[0]!, b.op('Add', [scaled(b, b.get(running), decay), fresh]))
}

export const updateRules: OnnxRules<typeof updateKernels> = {
  MomentumUpdate: { layout: 'follows', write: momentumUpdate },
  MovingAverage: { layout: 'follows', write: movingAverage },
}
