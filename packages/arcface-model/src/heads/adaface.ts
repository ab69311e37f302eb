/**
 * AdaFace, a margin that follows the quality of the image, for which the length of its embedding stands (Kim et al. 2022,
 * arXiv:2204.00964, section 3.3):
 *
 *     q               = clip(h (|x| - mean) / (deviation + ε), -1, 1)
 *     penalise(cos θ) = cos(θ - m q) - (m + m q)
 *
 * Short embeddings (q = -1) get ArcFace's margin, long ones (q = 1) an angle and twice CosFace's. Mean and deviation are running
 * statistics of the lengths, moved by the batch before they are used. As in mk-minchul/AdaFace, head.py: lengths within [0.001, 100],
 * the deviation that of a sample (n - 1), θ - m q within (0, π), no gradient through the lengths. Only there all cosines are kept within
 * ±0.999, here those with an image's own centre: the others' angles are never computed.
 */
import type { Scalar, Tensor2D } from '@tensorflow/tfjs-core'
import * as tf from '@tensorflow/tfjs-core'
import { detach, movingAverage } from '@tiny-face/tfjs-compiler'
import { constant } from '../initialise.js'
import type { Scope } from '../scope.js'
import { type EmbeddedBatch, type HeadResult, marginSoftmax } from './margin-softmax.js'

export interface Adaface {
  /** m. */
  readonly margin: number
  /** h: how far the margin follows the lengths; at 1/3 two thirds of the images are within ±1/3 of its range. */
  readonly h: number
  /** The share of the running statistics that a batch leaves as it was: 1 less head.py's t_alpha. */
  readonly decay: number
  /** s: what cosines are multiplied by before the softmax. */
  readonly scale: number
}

const EPSILON = 1e-3
const SHORTEST = 0.001
const LONGEST = 100

export function adaface(net: Scope, batch: EmbeddedBatch, { margin, h, decay, scale }: Adaface): HeadResult {
  const quality = qualities(net, batch.embeddings, h, decay)
  const penalise = (cosines: Tensor2D): Tensor2D => {
    const angles = tf.acos(tf.clipByValue(cosines, EPSILON - 1, 1 - EPSILON))
    const moved = tf.clipByValue(tf.sub(angles, tf.mul(quality, margin)), EPSILON, Math.PI - EPSILON)
    return tf.sub(tf.cos(moved), tf.mul(tf.add(quality, 1), margin))
  }
  return marginSoftmax(net, batch, { scale, penalise })
}

/** q of each embedding, `[batch, 1]`: its length among those of late, -1 (short) to 1 (long). */
function qualities(net: Scope, embeddings: Tensor2D, h: number, decay: number): Tensor2D {
  const lengths = tf.clipByValue(tf.norm(detach(embeddings), 2, 1, true), SHORTEST, LONGEST) as Tensor2D
  const mean = tf.mean(lengths) as Scalar
  const others = Math.max(1, lengths.size - 1)
  const deviation = tf.sqrt(tf.div(tf.sum(tf.square(tf.sub(lengths, mean))), others)) as Scalar
  const moved = (name: string, first: number, value: Scalar): Scalar => {
    const running = net.statistic<Scalar>(name, [], constant(first))
    net.measure(name, { value, decay, correction: 1 })
    return movingAverage(running, value, decay)
  }
  const usual = moved('head/length-mean', 20, mean)
  const spread = moved('head/length-deviation', 100, deviation)
  return tf.clipByValue(tf.mul(tf.div(tf.sub(lengths, usual), tf.add(spread, EPSILON)), h), -1, 1) as Tensor2D
}
