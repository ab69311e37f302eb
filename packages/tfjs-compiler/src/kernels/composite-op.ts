/**
 * Composite ops: operations such as batch norm that tfjs builds out of many small ones, here as kernels of their own, so that a target
 * sees each in one piece.
 *
 * tfjs keeps kernels per backend. The recording backend knows every kernel; on an eager backend the first call registers
 * the decomposition, made of tfjs's own functions, under the same name. So a network's code runs on both without a change.
 */

import * as tf from '@tensorflow/tfjs-core'
import type { Attributes } from '../graph/graph.js'

export type NamedTensors = Record<string, tf.Tensor>

type Decomposition = (inputs: NamedTensors, attributes: Attributes) => tf.Tensor[]

const decompositions = new Map<string, Decomposition>()

/** Makes a composite op known, with what it is made of on eager backends. */
export function defineCompositeOp(name: string, decomposition: Decomposition): void {
  decompositions.set(name, decomposition)
}

/** Registers the decomposition of a composite op on the current backend, unless that has the kernel already. */
export function ensureKernel(name: string): void {
  const decomposition = decompositions.get(name)
  const backendName = tf.getBackend()
  if (!decomposition || tf.getKernel(name, backendName)) return
  tf.registerKernel({
    kernelName: name,
    backendName,
    // Inside a kernel the tape is off, and what tf.tidy returns is tracked by the caller.
    kernelFunc: ({ inputs, attrs }) =>
      tf.tidy(() => decomposition(inputs as NamedTensors, attrs as unknown as Attributes)),
  })
}

/** Runs a kernel on the current backend; its outputs in a list, also where there is only one. */
export function runKernel(name: string, inputs: NamedTensors | tf.Tensor[], attributes: Attributes): tf.Tensor[] {
  ensureKernel(name)
  const outputs = tf
    .engine()
    .runKernel(name, inputs as unknown as tf.NamedTensorMap, attributes as unknown as tf.NamedAttrMap)
  return Array.isArray(outputs) ? outputs : [outputs as tf.Tensor]
}
