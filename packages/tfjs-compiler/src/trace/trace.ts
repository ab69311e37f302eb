/**
 * Tracing: runs a function of tensors on the recording backend and keeps what it did as a graph.
 *
 * tfjs has one engine per process. For the time of a trace it gets a fresh state and the recording backend; both are put
 * back in any case, so an eager program around it keeps its backend, tensors, scopes and tape.
 */

import * as tf from '@tensorflow/tfjs-core'
import './register-gradients.js'
import type { DType, Graph, TensorType, Value } from '../graph/graph.js'
import { anyBatch } from './any-batch.js'
import { RECORDING_BACKEND, RecordingBackend, registerRecordingKernels } from './recording-backend.js'

/** A tensor's type, where an extent may be a batch of any size. */
export interface InputType {
  readonly shape: readonly (number | 'batch')[]
  readonly dtype: DType
}

/**
 * Records a function, gradients by `tf.grads`, `tf.valueAndGrads` or `tf.variableGrads` included.
 *
 * @param fn gets one tensor for each of `inputs` and returns named tensors; it must be synchronous and not read values
 * @throws where the function calls a kernel that has no shape rule, uses a tensor made outside, or, for a batch of any size,
 *   does what depends on that size
 */
export function trace(
  fn: (inputs: Record<string, tf.Tensor>) => Record<string, tf.Tensor>,
  inputs: Readonly<Record<string, InputType>>,
): Graph {
  const sized = (batch: number): Record<string, TensorType> =>
    Object.fromEntries(
      Object.entries(inputs).map(([name, { shape, dtype }]) => [
        name,
        { shape: shape.map(extent => (extent === 'batch' ? batch : extent)), dtype },
      ]),
    )
  const isSymbolic = Object.values(inputs).some(({ shape }) => shape.includes('batch'))
  return isSymbolic ? anyBatch(batch => record(fn, sized(batch))) : record(fn, sized(0))
}

function record(
  fn: (inputs: Record<string, tf.Tensor>) => Record<string, tf.Tensor>,
  inputs: Readonly<Record<string, TensorType>>,
): Graph {
  registerRecordingKernels()
  const backend = new RecordingBackend()
  return withBackend(backend, () => {
    const placeholders = Object.entries(inputs).map(([name, type]) => [name, backend.placeholder(type)] as const)
    const values = placeholders.map(([name, info]) => [name, backend.graphValue(info)!] as const)
    const tensors = placeholders.map(([name, info]) => [name, tf.engine().makeTensorFromTensorInfo(info)] as const)
    const outputs = tf.tidy(() => synchronous(fn(Object.fromEntries(tensors))))
    return {
      inputs: new Map(values),
      constants: backend.constants,
      nodes: backend.nodes,
      outputs: new Map(Object.entries(outputs).map(([name, tensor]) => [name, outputValue(backend, name, tensor)])),
    }
  })
}

function synchronous<T>(outputs: T): T {
  if (outputs instanceof Promise)
    throw new Error('a traced function should be synchronous, this one returned a promise')
  return outputs
}

function outputValue(backend: RecordingBackend, name: string, tensor: unknown): Value {
  if (!(tensor instanceof tf.Tensor))
    throw new Error(`output ${name} of the traced function should be a tensor, found ${typeof tensor}`)
  const value = backend.graphValue(tensor)
  if (!value) throw new Error(`output ${name} of the traced function does not belong to this trace or was disposed`)
  return value
}

/** What tfjs's engine keeps besides its state; the last two are private there. */
interface EngineFields {
  state: object
  backendName: string
  backendInstance: tf.KernelBackend | null
  pendingBackendInit: Promise<boolean> | undefined
}

function withBackend<T>(backend: tf.KernelBackend, run: () => T): T {
  const engine = tf.engine() as unknown as EngineFields
  const { state, backendName, backendInstance, pendingBackendInit } = engine
  const fresh: object = Reflect.construct(state.constructor, [])
  const tracing = {
    state: fresh,
    backendName: RECORDING_BACKEND,
    backendInstance: backend,
    pendingBackendInit: undefined,
  }
  Object.assign(engine, tracing)
  try {
    return run()
  } finally {
    Object.assign(engine, { state, backendName, backendInstance, pendingBackendInit })
  }
}
