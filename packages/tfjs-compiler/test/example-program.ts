/** The network that docs/compiler.md follows from TensorFlow.js to each target. */
import * as tf from '@tensorflow/tfjs-core'
import { momentumUpdate, type Program } from '../src/index.js'

const f32 = (...shape: number[]) => ({ shape, dtype: 'float32' as const })

/** One convolution, ReLU, a loss, its gradient, and PyTorch's SGD. */
export const example: Program = {
  run: ({ x, w, v, rate }) => {
    const lossOf = (w: tf.Tensor) =>
      tf.mean(tf.square(tf.relu(tf.conv2d(x as tf.Tensor4D, w as tf.Tensor4D, 1, 'same')))) as tf.Scalar
    const { value, grads } = tf.valueAndGrads(lossOf)([w!])
    const next = momentumUpdate(w!, v!, grads[0]!, rate as tf.Scalar, { momentum: 0.9, weightDecay: 0 })
    return { loss: value, 'next/w': next.parameter, 'next/v': next.velocity }
  },
  inputs: { x: f32(2, 8, 8, 3), w: f32(1, 1, 3, 16), v: f32(1, 1, 3, 16), rate: f32() },
  state: new Map([
    ['w', 'next/w'],
    ['v', 'next/v'],
  ]),
}
