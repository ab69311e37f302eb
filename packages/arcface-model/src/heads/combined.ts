/**
 * The combined margin: SphereFace's factor m1, ArcFace's m2 and CosFace's m3 at once (Deng et al. 2019, arXiv:1801.07698, equation 4):
 *
 *     penalise(cos θ) = cos(m1 θ + m2) - m3
 *
 * Beyond π, where the cosine would rise again and reward an image for being far from its centre, it goes on falling as SphereFace's ψ
 * does (Liu et al. 2017, arXiv:1704.08063): with φ = m1 θ + m2 in [kπ, (k + 1)π] it is (-1)^k cos φ - 2k - m3.
 *
 * deepinsight/insightface computes it in recognition/arcface_mxnet/train_parall.py, and with m1 = 1 as CombinedMarginLoss in
 * recognition/arcface_torch/losses.py; both are the same as this up to π, and let the cosine rise beyond. The torch one also hands the
 * gradient through the margin as if it were not there; this one is the equation's own.
 */
import type { Tensor2D } from '@tensorflow/tfjs-core'
import * as tf from '@tensorflow/tfjs-core'
import { detach } from '@tiny-face/tfjs-compiler'
import type { Scope } from '../scope.js'
import { type EmbeddedBatch, type HeadResult, marginSoftmax } from './margin-softmax.js'

export interface Combined {
  /** m1, a factor of the angle between an embedding and its own identity's centre; m2, radians added to it; m3, taken from the cosine. */
  readonly margins: readonly [number, number, number]
  /** s: what cosines are multiplied by before the softmax. */
  readonly scale: number
}

/** The slope of the angle, 1 / sin θ, has no end at a cosine of 1: within this of it, in float32, there is no gradient. */
const LARGEST_COSINE = 1 - 2 ** -23

export function combined(net: Scope, batch: EmbeddedBatch, { margins: [m1, m2, m3], scale }: Combined): HeadResult {
  const penalise = (cosines: Tensor2D): Tensor2D => {
    const angles = tf.acos(tf.clipByValue(cosines, -LARGEST_COSINE, LARGEST_COSINE))
    const moved = tf.add(tf.mul(angles, m1), m2)
    const halfTurns = tf.floor(tf.div(detach(moved), Math.PI)) // k
    // cos(φ - kπ) = (-1)^k cos φ
    const falling = tf.sub(tf.cos(tf.sub(moved, tf.mul(halfTurns, Math.PI))), tf.mul(halfTurns, 2))
    return tf.sub(falling, m3)
  }
  return marginSoftmax(net, batch, { scale, penalise })
}
