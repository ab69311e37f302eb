/**
 * Batch norm. Inference: tfjs's own FusedBatchNorm. Training (Ioffe and Szegedy, 2015, algorithm 1 and the gradients in
 * section 3): one kernel forward, one for all gradients.
 */

import * as tf from '@tensorflow/tfjs-core'
import { defineCompositeOp, runKernel } from './composite-op.js'
import { detach } from './detach.js'
import { expectSameShape, f32, type Kernels, type TensorType } from './kernel.js'

function expectChannels(x: TensorType, parameters: Record<string, TensorType | undefined>): void {
  const channels = x.shape.slice(-1)
  for (const [name, parameter] of Object.entries(parameters)) expectSameShape(name, parameter!.shape, channels)
}

export const normalisationKernels = {
  FusedBatchNorm: { inputs: ['x', 'scale', 'offset', 'mean', 'variance'], outputs: (_, x) => [f32(x!.shape)] },
  BatchNorm: {
    inputs: ['x', 'scale', 'offset'],
    outputs: (_, x, scale, offset) => {
      expectChannels(x!, { scale, offset })
      return [f32(x!.shape), f32(scale!.shape), f32(scale!.shape)]
    },
  },
  BatchNormGrad: {
    inputs: ['dy', 'x', 'scale', 'mean', 'variance'],
    outputs: (_, dy, x, scale, mean, variance) => {
      expectSameShape('dy', dy!.shape, x!.shape)
      expectChannels(x!, { scale, mean, variance })
      return [f32(x!.shape), f32(scale!.shape), f32(scale!.shape)]
    },
  },
} satisfies Kernels

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
  const statistics = { mean: detach(mean as tf.Tensor1D), variance: detach(variance as tf.Tensor1D) }
  tf.dispose([mean!, variance!])
  return { y: y as T, ...statistics }
}

const allButLast = (x: tf.Tensor) => Array.from({ length: x.rank - 1 }, (_, axis) => axis)

defineCompositeOp('BatchNorm', ({ x, scale, offset }, { epsilon }) => {
  const axes = allButLast(x!)
  const mean = tf.mean(x!, axes)
  const centred = tf.sub(x!, mean)
  const variance = tf.mean(tf.square(centred), axes)
  const inverse = tf.rsqrt(tf.add(variance, epsilon as number))
  return [tf.add(tf.mul(tf.mul(centred, inverse), scale!), offset!), mean, variance]
})

defineCompositeOp('BatchNormGrad', ({ dy, x, scale, mean, variance }, { epsilon }) => {
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
