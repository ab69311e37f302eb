/**
 * ArcFace, the additive angular margin (Deng et al. 2019, arXiv:1801.07698, equation 3):
 *
 *     penalise(cos θ) = cos(θ + m)
 *
 * Where θ + m would pass π it is cos θ - m sin m instead, so that it keeps falling with θ; with `easy` the margin holds up to 90° and
 * cos θ stays as it is beyond. Both as in deepinsight/insightface, recognition/arcface_torch/losses.py of 2021 (later versions have no
 * fallback).
 */
import type { Tensor2D } from '@tensorflow/tfjs-core'
import * as tf from '@tensorflow/tfjs-core'
import { detach } from '@tiny-face/tfjs-compiler'
import type { Scope } from '../scope.js'
import { type EmbeddedBatch, type HeadResult, marginSoftmax } from './margin-softmax.js'

export interface Arcface {
  /** m: radians added to the angle between an embedding and its own identity's centre. */
  readonly margin: number
  /** s: what cosines are multiplied by before the softmax. */
  readonly scale: number
  /** The easy fallback leaves angles beyond 90° alone; the hard one keeps the target falling beyond π - m. */
  readonly easy?: boolean
}

export function arcface(net: Scope, batch: EmbeddedBatch, { margin, scale, easy = false }: Arcface): HeadResult {
  return marginSoftmax(net, batch, { scale, penalise: cosines => addAngle(cosines, margin, easy) })
}

/** Under the square root of 1 - cos²: keeps the gradient finite where an embedding meets its centre. */
const SMALLEST_SQUARED_SINE = 1e-7

/** cos(θ + margin) of each cos θ, without an angle ever being computed, and with the fallback. */
export function addAngle(cosines: Tensor2D, margin: number, easy = false): Tensor2D {
  const sines = tf.sqrt(tf.clipByValue(tf.sub(1, tf.square(cosines)), SMALLEST_SQUARED_SINE, 1))
  const withMargin = tf.sub(tf.mul(cosines, Math.cos(margin)), tf.mul(sines, Math.sin(margin)))
  const applies = tf.greater(detach(cosines), easy ? 0 : Math.cos(Math.PI - margin))
  const fallback = easy ? cosines : tf.sub(cosines, margin * Math.sin(margin))
  return tf.where(applies, withMargin, fallback) as Tensor2D
}
