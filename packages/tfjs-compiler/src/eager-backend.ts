/** What the targets share that run a program as it is, on one of tfjs's backends. */
import * as tf from '@tensorflow/tfjs-core'
import { checkValues } from './check-values.js'
import type { TensorType, TypedValues } from './executable.js'

/** Runs with this backend as the current one, and puts the one before back; of the tensors made, only kept ones stay. */
export function onBackend<T>(name: string, body: () => T): T {
  const before = tf.getBackend()
  tf.setBackend(name)
  tf.engine().startScope(name)
  try {
    return body()
  } finally {
    tf.engine().endScope()
    if (before && before !== name) tf.setBackend(before)
  }
}

/** A tensor on the current backend, with a copy of the values: a backend may take them only when they are first used. */
export function tensorOf(name: string, type: TensorType, values: TypedValues | undefined): tf.Tensor {
  checkValues(name, type, values)
  return tf.tensor(values.slice(), [...type.shape], type.dtype)
}

export function valuesOf(tensor: tf.Tensor): TypedValues {
  return (tensor.dataSync() as TypedValues).slice()
}
