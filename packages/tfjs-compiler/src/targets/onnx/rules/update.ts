/** The update of a parameter and of a running statistic. */
import { numberOf } from '../../../attributes.js'
import type { updateKernels } from '../../../kernels/update.js'
import type { PhysicalValue } from '../physical-graph.js'
import type { OnnxRules, Write } from '../rule.js'
import type { Writer } from '../writer.js'

const scaled = (b: Writer, x: string, factor: number) =>
  factor === 1 ? x : b.op('Mul', [x, b.scalar('float32', factor)])

/**
 * PyTorch's SGD: g += weightDecay p; v = momentum v + g; p -= learningRate v. In the layout the parameter is kept in, and flat:
 * onnxruntime is up to 70 times slower at a tensor times a scalar where the tensor's last extents are 1.
 */
const momentumUpdate: Write = (node, b) => {
  const [parameter, velocity, gradient, learningRate] = node.inputs as [
    PhysicalValue,
    PhysicalValue,
    PhysicalValue,
    PhysicalValue,
  ]
  const [newParameter, newVelocity] = node.outputs as [PhysicalValue, PhysicalValue]
  const [p, v, g] = [parameter, velocity, gradient].map(value => b.getFlat(value))
  const decay = numberOf(node, 'weightDecay', 0)
  const decayed = decay === 0 ? g! : b.op('Add', [g!, scaled(b, p!, decay)])
  const moved = b.op('Add', [scaled(b, v!, numberOf(node, 'momentum')), decayed])
  const rate = b.reshape(b.get(learningRate), [])
  b.setFlat(newVelocity, moved)
  b.setFlat(newParameter, b.op('Sub', [p!, b.op('Mul', [moved, rate])]))
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
