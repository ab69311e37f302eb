/** Batch normalisation of a training step (Ioffe and Szegedy, 2015, algorithm 1 and the gradients in section 3). */

import * as tf from '@tensorflow/tfjs-core'
import { detach } from './detach.js'
import { defineWholeKernel, runKernel } from './whole-kernel.js'

/**
 * Normalises by the batch's own statistics over all axes but the last:
 * `y = (x - mean) / sqrt(variance + epsilon) * scale + offset`.
 *
 * @param x [batch, height, width, channels] or [batch, channels]
 * @param scale [channels] @param offset [channels]
 * @returns y in the shape of x, and the mean and the biased variance [channels], through which no gradient flows
 */
export function batchNormTraining<T extends tf.Tensor4D | tf.Tensor2D>(
  x: T,
  scale: tf.Tensor1D,
  offset: tf.Tensor1D,
  epsilon: number,
): { y: T; mean: tf.Tensor1D; variance: tf.Tensor1D } {
  const [y, mean, variance] = runKernel('BatchNorm', { x, scale, offset }, { epsilon })
  return { y: y as T, mean: detach(mean as tf.Tensor1D), variance: detach(variance as tf.Tensor1D) }
}

const allButLast = (x: tf.Tensor) => Array.from({ length: x.rank - 1 }, (_, axis) => axis)

defineWholeKernel('BatchNorm', ({ x, scale, offset }, { epsilon }) => {
  const axes = allButLast(x!)
  const mean = tf.mean(x!, axes)
  const centred = tf.sub(x!, mean)
  const variance = tf.mean(tf.square(centred), axes)
  const inverse = tf.rsqrt(tf.add(variance, epsilon as number))
  return [tf.add(tf.mul(tf.mul(centred, inverse), scale!), offset!), mean, variance]
})

defineWholeKernel('BatchNormGrad', ({ dy, x, scale, mean, variance }, { epsilon }) => {
  const axes = allButLast(x!)
  const count = x!.size / scale!.size
  const inverse = tf.rsqrt(tf.add(variance!, epsilon as number))
  const normalised = tf.mul(tf.sub(x!, mean!), inverse)
  const dOffset = tf.sum(dy!, axes)
  const dScale = tf.sum(tf.mul(dy!, normalised), axes)
  const rest = tf.div(tf.add(dOffset, tf.mul(normalised, dScale)), count)
  return [tf.mul(tf.mul(scale!, inverse), tf.sub(dy!, rest)), dScale, dOffset]
})

tf.registerGradient({
  kernelName: 'BatchNorm',
  inputsToSave: ['x', 'scale'],
  outputsToSave: [false, true, true],
  gradFunc: (dys, [x, scale, mean, variance], { epsilon }) => {
    const dy = (dys as tf.Tensor[])[0]!
    const inputs = { dy, x: x!, scale: scale!, mean: mean!, variance: variance! }
    const [dx, dScale, dOffset] = runKernel('BatchNormGrad', inputs, { epsilon: epsilon as number })
    return { x: () => dx!, scale: () => dScale!, offset: () => dOffset! }
  },
})
