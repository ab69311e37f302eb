/** PReLU with a slope per channel: TensorFlow has no operation for it, but needs fewer than tfjs-node takes. ReLU6's gradient it has. */

import * as tf from '@tensorflow/tfjs-core'
import { runOp } from '../tfjs-node-backend.js'
import type { NativeKernel } from './native-kernels.js'

export const activations = {
  Prelu(backend, { x, alpha }) {
    const positive = tf.greater(x!, 0)
    return runOp({ backend, name: 'SelectV2', inputs: [positive, x!, tf.mul(x!, alpha!)] })
  },

  PreluGrad(backend, { dy, x, alpha }) {
    const [positive] = runOp({ backend, name: 'ReluGrad', inputs: [dy!, x!] })
    const rest = tf.sub(dy!, positive!)
    const axes = tf.broadcast_util.getReductionAxes(alpha!.shape, dy!.shape)
    const dAlpha = tf.reshape(tf.sum(tf.mul(rest, x!), axes), alpha!.shape)
    return [tf.add(positive!, tf.mul(rest, alpha!)), dAlpha]
  },

  Relu6Grad(backend, { dy, x }) {
    return runOp({ backend, name: 'Relu6Grad', inputs: [dy!, x!] })
  },
} satisfies Record<string, NativeKernel>
