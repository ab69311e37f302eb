/**
 * Activations and their gradients. PReLU with a slope per channel (He et al., 2015) is tfjs's own kernel forward; one kernel
 * gives both its gradients. The gradient of ReLU6 is one kernel, too, where tfjs has five.
 */

import * as tf from '@tensorflow/tfjs-core'
import '../trace/register-gradients.js'
import { defineCompositeOp, runKernel } from './composite-op.js'
import { broadcast, expectSameShape, f32, type Kernels, sameKernel } from './kernel.js'

export const activationKernels = {
  ...sameKernel(['Relu', 'Relu6', 'Step'], { inputs: ['x'], outputs: (_, x) => [x!] }),
  ...sameKernel(['Elu', 'LeakyRelu', 'Selu', 'Sigmoid', 'Softplus'], {
    inputs: ['x'],
    outputs: (_, x) => [f32(x!.shape)],
  }),
  EluGrad: { inputs: ['dy', 'y'], outputs: (_, dy, y) => [f32(broadcast(dy!.shape, y!.shape))] },
  Prelu: { inputs: ['x', 'alpha'], outputs: (_, x, alpha) => [f32(broadcast(x!.shape, alpha!.shape))] },
  PreluGrad: {
    inputs: ['dy', 'x', 'alpha'],
    outputs: (_, dy, x, alpha) => {
      expectSameShape('dy', dy!.shape, x!.shape)
      return [f32(x!.shape), f32(alpha!.shape)]
    },
  },
  Relu6Grad: {
    inputs: ['dy', 'x'],
    outputs: (_, dy, x) => {
      expectSameShape('dy', dy!.shape, x!.shape)
      return [f32(x!.shape)]
    },
  },
  Softmax: { inputs: ['logits'], outputs: (_, logits) => [f32(logits!.shape)] },
} satisfies Kernels

/**
 * `x` where it is positive, `alpha * x` elsewhere.
 *
 * @param x [..., channels] @param alpha [channels]
 */
export function prelu<T extends tf.Tensor>(x: T, alpha: tf.Tensor1D): T {
  return runKernel('Prelu', { x, alpha }, {})[0] as T
}

defineCompositeOp('PreluGrad', ({ dy, x, alpha }) => {
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

/** dy where x is above 0 and at most 6. */
defineCompositeOp('Relu6Grad', ({ dy, x }) => [
  tf.where(tf.logicalAnd(tf.greater(x!, 0), tf.lessEqual(x!, 6)), dy!, tf.zerosLike(dy!)),
])

tf.registerGradient({
  kernelName: 'Relu6',
  inputsToSave: ['x'],
  gradFunc: (dy, [x]) => ({ x: () => runKernel('Relu6Grad', { dy: dy as tf.Tensor, x: x! }, {})[0]! }),
})
