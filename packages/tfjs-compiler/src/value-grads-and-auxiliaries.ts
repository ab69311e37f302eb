/** Gradients of a loss that has more to tell: accuracies, statistics of a batch. */

import * as tf from '@tensorflow/tfjs-core'
import { detach } from './kernels/detach.js'

export interface WithAuxiliaries<Name extends string> {
  readonly loss: tf.Scalar
  readonly auxiliaries: Readonly<Record<Name, tf.Tensor>>
}

/**
 * `tf.valueAndGrads` disposes whatever was made inside but the loss; here the auxiliaries come out as well. No gradient flows
 * through them. Nothing else stays behind on an eager backend, also where `fn` throws.
 *
 * @param fn the loss and its auxiliaries from the parameters, in their order
 * @returns tensors that the caller, or the `tf.tidy` around, disposes
 */
export function valueGradsAndAuxiliaries<Name extends string = string>(
  fn: (...parameters: tf.Tensor[]) => WithAuxiliaries<Name>,
  parameters: readonly tf.Tensor[],
): { value: tf.Scalar; grads: tf.Tensor[]; auxiliaries: Record<Name, tf.Tensor> } {
  const kept = new Map<Name, tf.Tensor>()
  const lossOf = (...values: tf.Tensor[]) => {
    const { loss, auxiliaries } = fn(...values)
    for (const [name, tensor] of Object.entries<tf.Tensor>(auxiliaries)) kept.set(name as Name, tf.keep(detach(tensor)))
    return loss
  }
  try {
    const { value, grads } = tf.valueAndGrads(lossOf)([...parameters])
    const auxiliaries = Object.fromEntries([...kept].map(([name, tensor]) => [name, detach(tensor)]))
    return { value: value as tf.Scalar, grads, auxiliaries: auxiliaries as Record<Name, tf.Tensor> }
  } finally {
    for (const tensor of kept.values()) tensor.dispose()
  }
}
