/** What is used of tfjs-node's backend (NodeJSKernelBackend in @tensorflow/tfjs-node's nodejs_kernel_backend.ts). */

import type * as tf from '@tensorflow/tfjs-core'

export interface TensorflowBackend extends tf.KernelBackend {
  readonly isUsingGpuDevice: boolean
  /** Numbers of TensorFlow's types. */
  readonly binding: Readonly<
    Record<
      | 'TF_FLOAT'
      | 'TF_INT32'
      | 'TF_BOOL'
      | 'TF_ATTR_BOOL'
      | 'TF_ATTR_FLOAT'
      | 'TF_ATTR_INT'
      | 'TF_ATTR_STRING'
      | 'TF_ATTR_TYPE',
      number
    >
  >
  executeMultipleOutputs(name: string, attributes: object[], inputs: tf.TensorInfo[], outputs: number): tf.Tensor[]
}

/** A number is of the type float; whole numbers come in lists. */
export type OpAttribute = boolean | number | string | readonly number[]

/** Runs one of TensorFlow's operations on float32 tensors. */
export function runOp(
  {
    backend,
    name,
    inputs,
    outputs = 1,
  }: { backend: TensorflowBackend; name: string; inputs: tf.TensorInfo[]; outputs?: number },
  attributes: Readonly<Record<string, OpAttribute>> = {},
): tf.Tensor[] {
  const { binding } = backend
  const typed = Object.entries(attributes).map(([attribute, value]) => ({
    name: attribute,
    type: attributeType(binding, value),
    value,
  }))
  const element = { name: 'T', type: binding.TF_ATTR_TYPE, value: binding.TF_FLOAT }
  return backend.executeMultipleOutputs(name, [element, ...typed], inputs, outputs)
}

function attributeType(binding: TensorflowBackend['binding'], value: OpAttribute): number {
  if (typeof value === 'boolean') return binding.TF_ATTR_BOOL
  if (typeof value === 'number') return binding.TF_ATTR_FLOAT
  return typeof value === 'string' ? binding.TF_ATTR_STRING : binding.TF_ATTR_INT
}
