/** Batch norm while training, by TensorFlow's FusedBatchNormV3 and FusedBatchNormGradV3. */

import * as tf from '@tensorflow/tfjs-core'
import { runOp } from '../tfjs-node-backend.js'
import type { NativeKernel } from './native-kernels.js'

/** The operations take images; rows of features are images of one pixel. */
const asImage = (x: tf.Tensor) => (x.rank === 4 ? x : tf.reshape(x, [x.shape[0]!, 1, 1, x.shape[1]!]))

const attributesOf = (epsilon: unknown) => ({ epsilon: epsilon as number, data_format: 'NHWC', is_training: true })

export const normalisations = {
  BatchNorm(backend, { x, scale, offset }, { epsilon }) {
    const none = tf.tensor1d([], 'float32')
    const count = x!.size / scale!.size
    const inputs = [asImage(x!), scale!, offset!, none, none]
    const [y, mean, unbiased] = runOp({ backend, name: 'FusedBatchNormV3', inputs, outputs: 6 }, attributesOf(epsilon))
    // Of one value the unbiased variance is 0 on a CPU and not a number on a GPU.
    const variance = count > 1 ? tf.mul(unbiased!, (count - 1) / count) : tf.zerosLike(unbiased!)
    return [tf.reshape(y!, x!.shape), mean!, variance]
  },

  BatchNormGrad(backend, { dy, x, scale, mean, variance }, { epsilon }) {
    // What the forward operation hands over: the variance on a CPU, the factor that it stands for on a GPU.
    const spread = backend.isUsingGpuDevice ? tf.rsqrt(tf.add(variance!, epsilon as number)) : variance!
    const none = tf.tensor1d([], 'float32')
    const inputs = [asImage(dy!), asImage(x!), scale!, mean!, spread, none]
    const [dx, dScale, dOffset] = runOp(
      { backend, name: 'FusedBatchNormGradV3', inputs, outputs: 5 },
      attributesOf(epsilon),
    )
    return [tf.reshape(dx!, x!.shape), dScale!, dOffset!]
  },
} satisfies Record<string, NativeKernel>
