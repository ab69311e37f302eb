/**
 * The update of a parameter, one step of stochastic gradient descent with momentum and weight decay as PyTorch's SGD computes
 * it, and of a running statistic, the exponential moving average of batch norm.
 */

import * as tf from '@tensorflow/tfjs-core'
import { defineCompositeOp, runKernel } from './composite-op.js'
import { expectSameShape, f32, type Kernels } from './kernel.js'

export const updateKernels = {
  MomentumUpdate: {
    inputs: ['parameter', 'velocity', 'gradient', 'learningRate'],
    outputs: (_, parameter, velocity, gradient, learningRate) => {
      expectSameShape('velocity', velocity!.shape, parameter!.shape)
      expectSameShape('gradient', gradient!.shape, parameter!.shape)
      expectSameShape('learningRate', learningRate!.shape, [])
      return [f32(parameter!.shape), f32(parameter!.shape)]
    },
  },
  MovingAverage: {
    inputs: ['running', 'batch'],
    outputs: (_, running, batch) => {
      expectSameShape('batch', batch!.shape, running!.shape)
      return [f32(running!.shape)]
    },
  },
} satisfies Kernels

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

defineCompositeOp('MomentumUpdate', ({ parameter, velocity, gradient, learningRate }, { momentum, weightDecay }) => {
  const decayed = tf.add(gradient!, tf.mul(parameter!, weightDecay as number))
  const newVelocity = tf.add(tf.mul(velocity!, momentum as number), decayed)
  return [tf.sub(parameter!, tf.mul(newVelocity, learningRate!)), newVelocity]
})

/**
 * `decay * running + (1 - decay) * correction * batch`.
 *
 * @param decay the share of the old value, 0 to 1 (one minus PyTorch's `momentum`)
 * @param correction n / (n - 1) makes a biased variance of n values unbiased, as PyTorch keeps it
 */
export function movingAverage<T extends tf.Tensor>(running: T, batch: T, decay: number, correction = 1): T {
  return runKernel('MovingAverage', { running, batch }, { decay, correction })[0] as T
}

defineCompositeOp('MovingAverage', ({ running, batch }, { decay, correction }) => {
  const share = (1 - (decay as number)) * (correction as number)
  return [tf.add(tf.mul(running!, decay as number), tf.mul(batch!, share))]
})
