/**
 * CosFace, the additive cosine margin (Wang et al. 2018, arXiv:1801.09414, equation 4; AM-Softmax, arXiv:1801.05599, is the same):
 *
 *     penalise(cos θ) = cos θ - m
 *
 * As in deepinsight/insightface, recognition/arcface_torch/losses.py.
 */
import * as tf from '@tensorflow/tfjs-core'
import type { Scope } from '../scope.js'
import { type EmbeddedBatch, type HeadResult, marginSoftmax } from './margin-softmax.js'

export interface Cosface {
  /** m: what is taken from the cosine between an embedding and its own identity's centre. */
  readonly margin: number
  /** s: what cosines are multiplied by before the softmax. */
  readonly scale: number
}

export function cosface(net: Scope, batch: EmbeddedBatch, { margin, scale }: Cosface): HeadResult {
  return marginSoftmax(net, batch, { scale, penalise: cosines => tf.sub(cosines, margin) })
}
