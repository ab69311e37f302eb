/** One step of stochastic gradient descent with momentum and weight decay, as PyTorch's SGD computes it. */

import * as tf from '@tensorflow/tfjs-core'
import { defineWholeKernel, runKernel } from './whole-kernel.js'

/**
 * `g = gradient + weightDecay * parameter`, `velocity = momentum * velocity + g`, `parameter -= learningRate * velocity`.
 *
 * @param learningRate a scalar tensor, so that a schedule needs no second compilation
 * @returns the new parameter and the new velocity, both in the shape of the old
 */
export function momentumUpdate<T extends tf.Tensor>(
  parameter: T,
  velocity: T,
  gradient: T,
  learningRate: tf.Scalar,
  { momentum, weightDecay }: { momentum: number; weightDecay: number },
): { parameter: T; velocity: T } {
  const inputs = { parameter, velocity, gradient, learningRate }
  const [newParameter, newVelocity] = runKernel('MomentumUpdate', inputs, { momentum, weightDecay })
  return { parameter: newParameter as T, velocity: newVelocity as T }
}

defineWholeKernel('MomentumUpdate', ({ parameter, velocity, gradient, learningRate }, { momentum, weightDecay }) => {
  const decayed = tf.add(gradient!, tf.mul(parameter!, weightDecay as number))
  const newVelocity = tf.add(tf.mul(velocity!, momentum as number), decayed)
  return [tf.sub(parameter!, tf.mul(newVelocity, learningRate!)), newVelocity]
})
