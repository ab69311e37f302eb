/** The exponential moving average that keeps batch norm's running statistics. */

import * as tf from '@tensorflow/tfjs-core'
import { defineWholeKernel, runKernel } from './whole-kernel.js'

/**
 * `decay * running + (1 - decay) * correction * batch`.
 *
 * @param decay the share of the old value, 0 to 1 (one minus PyTorch's `momentum`)
 * @param correction n / (n - 1) makes a biased variance of n values unbiased, as PyTorch keeps it
 */
export function movingAverage<T extends tf.Tensor>(running: T, batch: T, decay: number, correction = 1): T {
  return runKernel('MovingAverage', { running, batch }, { decay, correction })[0] as T
}

defineWholeKernel('MovingAverage', ({ running, batch }, { decay, correction }) => {
  const share = (1 - (decay as number)) * (correction as number)
  return [tf.add(tf.mul(running!, decay as number), tf.mul(batch!, share))]
})
