/** TensorFlow where it is installed; tests of its engine are skipped elsewhere, which CI counts as failed. */

import '@tensorflow/tfjs-backend-cpu'
import * as tf from '@tensorflow/tfjs-core'
import { type LoadedTensorflow, loadTensorflow } from '../../../src/targets/tensorflow/load-tensorflow.js'

tf.setBackend('cpu')
// On a GPU TensorFlow rounds operands to 10 bits where it may; these tests are of float32.
process.env.NVIDIA_TF32_OVERRIDE ??= '0'

export let tensorflow: LoadedTensorflow | undefined
export let skip: string | false = false
try {
  tensorflow = loadTensorflow()
} catch (error) {
  skip = (error as Error).message
  console.log(`# skipped: ${skip}`)
}

/** Tensors of numbers between -1 and 1 that are the same in every run. */
export function randomNumbers(seed: number): (shape: readonly number[]) => tf.Tensor {
  let state = seed
  const next = () => {
    state = (Math.imul(state, 1664525) + 1013904223) >>> 0
    return state / 2 ** 31 - 1
  }
  return shape => tf.tensor(Float32Array.from({ length: shape.reduce((a, b) => a * b, 1) }, next), [...shape])
}

/** The largest difference of two lists of numbers, by the largest number of the second or 1. */
export function difference(found: ArrayLike<number>, expected: ArrayLike<number>): number {
  if (found.length !== expected.length) return Number.POSITIVE_INFINITY
  let [largest, scale] = [0, 1]
  for (let i = 0; i < expected.length; i++) {
    const away = Math.abs(found[i]! - expected[i]!)
    largest = Math.max(largest, Number.isNaN(away) ? Number.POSITIVE_INFINITY : away)
    scale = Math.max(scale, Math.abs(expected[i]!))
  }
  return largest / scale
}
