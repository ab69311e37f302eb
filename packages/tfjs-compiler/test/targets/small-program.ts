/** A small convolution that learns to give zeros: what takes many steps in a test. */
import * as tf from '@tensorflow/tfjs-core'
import { momentumUpdate, type Program } from '../../src/index.js'

type Tensors = Record<string, tf.Tensor>

const f32 = (...shape: number[]) => ({ shape, dtype: 'float32' as const })

/** The convolution, its gradient and PyTorch's SGD. */
export const program: Program = {
  run: ({ x, w, v }: Tensors) => {
    const loss = (w: tf.Tensor) => tf.mean(tf.square(tf.conv2d(x as tf.Tensor4D, w as tf.Tensor4D, 1, 'same')))
    const { value, grads } = tf.valueAndGrads(loss as never)([w!])
    const options = { momentum: 0.9, weightDecay: 0 }
    const { parameter, velocity } = momentumUpdate(w!, v!, grads[0]!, tf.scalar(0.05), options)
    return { loss: value, 'next/w': parameter, 'next/v': velocity }
  },
  inputs: { x: f32(2, 8, 8, 16), w: f32(3, 3, 16, 16), v: f32(3, 3, 16, 16) },
  state: new Map([
    ['w', 'next/w'],
    ['v', 'next/v'],
  ]),
}
export const x = Float32Array.from({ length: 2 * 8 * 8 * 16 }, (_, i) => Math.sin(i))
export const w = Float32Array.from({ length: 3 * 3 * 16 * 16 }, (_, i) => Math.cos(i) / 12)
export const v = new Float32Array(3 * 3 * 16 * 16)
