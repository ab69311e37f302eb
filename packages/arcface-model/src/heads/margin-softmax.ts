/**
 * What every margin head shares (Wang et al. 2018, arXiv:1801.05599, and all that followed): the cosines between embeddings and the
 * centres of identities, a penalty on each image's cosine with its own centre, and a softmax over the scaled cosines:
 *
 *     cosines[i, j] = <x_i, w_j> / (|x_i| |w_j|)
 *     logits[i, j]  = s * (j = y_i ? penalise(cosines[i, j]) : cosines[i, j])
 *     loss          = mean over i of -log softmax(logits[i])[y_i]
 *
 * With K centres an identity, its cosine is the largest of the K.
 *
 * Where ranks share the identities (Deng et al. 2019, section 2.2; An et al. 2022), each has the embeddings of all and the centres of its own,
 * and computes its columns of the cosines. The softmax needs of the others only the largest logit of a row, and the sum of its exponentials.
 */
import type { Scalar, Tensor1D, Tensor2D } from '@tensorflow/tfjs-core'
import * as tf from '@tensorflow/tfjs-core'
import { detach, largestOfRanks, type Place, sumOverRanks } from '@tiny-face/tfjs-compiler'
import { uniformXavier } from '../initialise.js'
import type { Scope, Variable } from '../scope.js'

export interface EmbeddedBatch {
  /** `[batch, size]`, not normalised. */
  readonly embeddings: Tensor2D
  /** int32 `[batch]`, 0 … classes - 1; -1 where the identity is another rank's. */
  readonly labels: Tensor1D
  /** Identities whose centres are here. */
  readonly classes: number
  readonly share?: HeadShare | undefined
}

/** The identities of one rank among those of all: `first` … first + classes - 1. */
export interface HeadShare extends Place {
  readonly first: number
  /** Identities of all ranks. */
  readonly allClasses: number
}

export interface HeadResult {
  /** The mean softmax cross-entropy. */
  readonly loss: Scalar
  /** The share of images nearest to their own centre, without the margin. */
  readonly accuracy: Scalar
}

export interface MarginSoftmax {
  /** s: what cosines are multiplied by before the softmax. */
  readonly scale: number
  /** K: centres of one identity; 1 where left out. */
  readonly centres?: number
  /** Takes each image's cosine with the centre of its own person, `[batch, 1]`; returns what the softmax gets in its place. */
  readonly penalise: (cosines: Tensor2D) => Tensor2D
}

export function marginSoftmax(
  net: Scope,
  { embeddings, labels, classes, share }: EmbeddedBatch,
  { scale, centres: each = 1, penalise }: MarginSoftmax,
): HeadResult {
  const { name, shape, initialise } = centresVariable(embeddings.shape[1], classes, each, share)
  const centres = net.parameter<Tensor2D>(name, shape, initialise)
  // The products are scaled, not the rows: nothing as large as the centres is written.
  const products = tf.matMul(embeddings, centres, false, true) // [batch, classes * K]
  const ofCentres = tf.reshape(inverseNorms(centres), [1, classes * each])
  const all = tf.mul(tf.mul(products, inverseNorms(embeddings)), ofCentres)
  const cosines = (each === 1 ? all : tf.max(tf.reshape(all, [-1, classes, each]), 2)) as Tensor2D
  const own = tf.oneHot(labels, classes, 1, 0, 'float32') as Tensor2D
  const ownCosines = tf.sum(tf.mul(cosines, own), 1, true) as Tensor2D // [batch, 1]
  const penalised = penalise(ownCosines)
  const logits = tf.mul(tf.add(cosines, tf.mul(own, tf.sub(penalised, ownCosines))), scale) as Tensor2D
  return { loss: softmaxCrossEntropy(logits, own, share), accuracy: tf.mean(nearest(detach(cosines), labels, share)) }
}

/**
 * The trained centres of all identities, `[classes * K, size]`, or of a rank's share of them: those of one identity follow each other. A
 * share begins as these rows of the whole would.
 */
export function centresVariable(size: number, classes: number, each = 1, share?: HeadShare): Variable {
  const { first = 0, allClasses = classes } = share ?? {}
  const initialise = uniformXavier(size, allClasses * each)
  return {
    name: 'head/centres',
    kind: 'parameter',
    shape: [classes * each, size],
    initialise: (count, random) => {
      for (let before = first * each * size; before > 0; before--) random()
      return initialise(count, random)
    },
  }
}

/** `[batch]`: 1 where the nearest of all centres is the image's own. */
function nearest(cosines: Tensor2D, labels: Tensor1D, share: HeadShare | undefined): Tensor1D {
  const own = tf.cast(tf.equal(tf.argMax(cosines, 1), labels), 'float32') as Tensor1D
  if (!share) return own
  const largest = tf.max(cosines, 1) as Tensor1D
  const isLargest = tf.cast(tf.equal(largest, largestOfRanks(largest)), 'float32')
  return sumOverRanks(tf.mul(own, isLargest) as Tensor1D)
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

function softmaxCrossEntropy(logits: Tensor2D, own: Tensor2D, share: HeadShare | undefined): Scalar {
  const ofAll = <T extends tf.Tensor>(x: T): T => (share ? sumOverRanks(x) : x)
  const largest = tf.max(detach(logits), 1, true)
  const shifted = tf.sub(logits, detach(share ? largestOfRanks(largest) : largest))
  const total = tf.log(ofAll(tf.sum(tf.exp(shifted), 1)))
  return tf.mean(tf.sub(total, ofAll(tf.sum(tf.mul(shifted, own), 1))))
}
