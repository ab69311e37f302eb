import type { Scalar, Tensor1D, Tensor2D } from '@tensorflow/tfjs-core'
import * as tf from '@tensorflow/tfjs-core'
import { detach } from '@tiny-face/tfjs-compiler'
import { uniformXavier } from './initialise.js'
import type { Scope } from './scope.js'

export interface Margin {
  /** m: radians added to the angle between an embedding and its own identity's centre. */
  readonly margin: number
  /** s: what cosines are multiplied by before the softmax. */
  readonly scale: number
  /** The easy fallback leaves angles beyond 90° alone; the hard one keeps the target falling beyond π - m. */
  readonly easy?: boolean
}

/** Under the square root of 1 - cos²: keeps the gradient finite where an embedding meets its centre. */
const SMALLEST_SQUARED_SINE = 1e-7

/**
 * Additive angular margin (Deng et al. 2019, arXiv:1801.07698, equation 3), with the fallback of insightface's code where
 * θ + m would pass π: the cosine less m·sin(m) instead, so that the target keeps falling with θ.
 *
 * @param embeddings `[batch, size]`, not normalised
 * @param labels int32 `[batch]`, 0 … classes - 1
 * @returns the mean softmax cross-entropy, and the share of images nearest to their own centre (without the margin)
 */
export function arcface(
  net: Scope,
  embeddings: Tensor2D,
  labels: Tensor1D,
  classes: number,
  { margin, scale, easy = false }: Margin,
): { loss: Scalar; accuracy: Scalar } {
  const size = embeddings.shape[1]
  const centres = net.parameter<Tensor2D>('arcface/centres', [classes, size], uniformXavier(size, classes))
  // The products are scaled, not the rows: nothing as large as the centres is written.
  const products = tf.matMul(embeddings, centres, false, true) // [batch, classes]
  const ofCentres = tf.reshape(inverseNorms(centres), [1, classes])
  const cosines = tf.mul(tf.mul(products, inverseNorms(embeddings)), ofCentres) as Tensor2D
  const own = tf.oneHot(labels, classes, 1, 0, 'float32') as Tensor2D
  const target = tf.sum(tf.mul(cosines, own), 1, true) // [batch, 1]
  const sine = tf.sqrt(tf.clipByValue(tf.sub(1, tf.square(target)), SMALLEST_SQUARED_SINE, 1))
  const withMargin = tf.sub(tf.mul(target, Math.cos(margin)), tf.mul(sine, Math.sin(margin)))
  const applies = tf.greater(detach(target), easy ? 0 : Math.cos(Math.PI - margin))
  const fallback = easy ? target : tf.sub(target, margin * Math.sin(margin))
  const penalised = tf.where(applies, withMargin, fallback)
  const logits = tf.mul(tf.add(cosines, tf.mul(own, tf.sub(penalised, target))), scale) as Tensor2D
  const nearest = tf.equal(tf.argMax(detach(cosines), 1), labels)
  return { loss: softmaxCrossEntropy(logits, own), accuracy: tf.mean(tf.cast(nearest, 'float32')) }
}

/** 1 / |row| of each row: `[rows, columns]` to `[rows, 1]`. */
function inverseNorms(x: Tensor2D): Tensor2D {
  return tf.rsqrt(tf.add(squaredNorms(x), 1e-12)) as Tensor2D
}

/** |row|² of each row; tfjs's own gradient would first spread dy over all columns. */
const squaredNorms = tf.customGrad((x, save) => {
  ;(save as tf.GradSaveFunc)([x as Tensor2D])
  return {
    value: tf.sum(tf.square(x as Tensor2D), 1, true),
    gradFunc: (dy: tf.Tensor, saved: tf.Tensor[]) => tf.mul(saved[0]!, tf.mul(dy, 2)),
  }
}) as (x: Tensor2D) => Tensor2D

function softmaxCrossEntropy(logits: Tensor2D, own: Tensor2D): Scalar {
  const shifted = tf.sub(logits, detach(tf.max(detach(logits), 1, true)))
  const total = tf.log(tf.sum(tf.exp(shifted), 1))
  return tf.mean(tf.sub(total, tf.sum(tf.mul(shifted, own), 1)))
}
