import type { Scalar, Tensor1D } from '@tensorflow/tfjs-core'
import * as tf from '@tensorflow/tfjs-core'
import { sumOfSquares } from '@tiny-face/tfjs-compiler'
import type { NamedTensors } from './objective.js'
import type { SharedStep } from './shared-step.js'
import { squaresOverRanks } from './shared-step.js'

export interface Measured {
  readonly gradients: NamedTensors
  /** The length of all gradients as one vector, before it was clipped. */
  readonly norm: Scalar
  /** The squared length of each, `[gradients]`, in their order. */
  readonly squaredNorms: Tensor1D
}

/** Under the norm that a limit is divided by, as PyTorch has it. */
const SMALLEST_NORM = 1e-6

/**
 * Measures gradients, and scales them all by the same factor where together they are longer than `limit` (Pascanu et al. 2013,
 * arXiv:1211.5063, algorithm 1; PyTorch's clip_grad_norm_).
 *
 * @param limit left out, they stay as they are
 * @param shared where ranks share the step
 */
export function clip(gradients: Readonly<NamedTensors>, limit?: number, shared?: SharedStep): Measured {
  const squares = Object.entries(gradients).map(([name, gradient]) => [name, sumOfSquares(gradient)] as const)
  const squaredNorms = tf.stack(shared ? squaresOverRanks(squares, shared) : squares.map(([, sum]) => sum)) as Tensor1D
  const norm = tf.sqrt(tf.sum(squaredNorms)) as Scalar
  if (limit === undefined) return { gradients, norm, squaredNorms }
  const factor = tf.minimum(1, tf.div(limit, tf.add(norm, SMALLEST_NORM)))
  const clipped = Object.entries(gradients).map(([name, gradient]) => [name, tf.mul(gradient, factor)] as const)
  return { gradients: Object.fromEntries(clipped), norm, squaredNorms }
}
