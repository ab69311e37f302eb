/** PReLU with a slope per channel (He et al., 2015): tfjs's own kernel forward, one kernel for both gradients. */

import * as tf from '@tensorflow/tfjs-core'
import '../trace/register-gradients.js'
import { defineWholeKernel, runKernel } from './whole-kernel.js'

/**
 * `x` where it is positive, `alpha * x` elsewhere.
 *
 * @param x [..., channels] @param alpha [channels]
 */
export function prelu<T extends tf.Tensor>(x: T, alpha: tf.Tensor1D): T {
  return runKernel('Prelu', { x, alpha }, {})[0] as T
}

defineWholeKernel('PreluGrad', ({ dy, x, alpha }) => {
  const positive = tf.greater(x!, 0)
  const dSlope = tf.where(positive, tf.zerosLike(dy!), tf.mul(dy!, x!))
  const axes = tf.broadcast_util.getReductionAxes(alpha!.shape, dy!.shape)
  return [tf.where(positive, dy!, tf.mul(dy!, alpha!)), tf.reshape(tf.sum(dSlope, axes), alpha!.shape)]
})

tf.registerGradient({
  kernelName: 'Prelu',
  inputsToSave: ['x', 'alpha'],
  gradFunc: (dy, [x, alpha]) => {
    const [dx, dAlpha] = runKernel('PreluGrad', { dy: dy as tf.Tensor, x: x!, alpha: alpha! }, {})
    return { x: () => dx!, alpha: () => dAlpha! }
  },
})
