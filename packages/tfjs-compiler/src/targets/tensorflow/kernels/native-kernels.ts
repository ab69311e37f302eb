/**
 * Kernels that TensorFlow has in one piece, in place of what is composed of tfjs's functions elsewhere, and those that tfjs-node
 * has with a limit that our networks meet. Each is tested against the composed one.
 */

import * as tf from '@tensorflow/tfjs-core'
import type { KernelName } from '../../../kernels/index.js'
import type { TensorflowBackend } from '../tfjs-node-backend.js'
import { activations } from './activation.js'
import { convolutions } from './convolution.js'
import { normalisations } from './normalisation.js'

/** @param inputs by their names in the table of kernels @returns the kernel's outputs; all other tensors may be left to the caller */
export type NativeKernel = (
  backend: TensorflowBackend,
  inputs: Readonly<Record<string, tf.Tensor>>,
  attributes: Readonly<Record<string, unknown>>,
) => tf.Tensor[]

export const NATIVE_KERNELS: Readonly<Partial<Record<KernelName, NativeKernel>>> = {
  ...convolutions,
  ...normalisations,
  ...activations,
}

/** Puts them in the place of those that the backend has under the same names. */
export function registerNativeKernels(backend: TensorflowBackend): void {
  const backendName = 'tensorflow'
  for (const [kernelName, kernel] of Object.entries(NATIVE_KERNELS)) {
    if (tf.getKernel(kernelName, backendName)) tf.unregisterKernel(kernelName, backendName)
    tf.registerKernel({
      kernelName,
      backendName,
      kernelFunc: ({ inputs, attrs }) => {
        const outputs = tf.tidy(() => kernel(backend, inputs as unknown as Record<string, tf.Tensor>, attrs ?? {}))
        return outputs.length === 1 ? outputs[0]! : outputs
      },
    })
  }
}
