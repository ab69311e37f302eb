import { DataError } from '@tiny-face/safe-files'
import { env, InferenceSession, Tensor } from 'onnxruntime-node'
import { checkFeeds, checkFetches } from './check-tensors.js'
import { readModelMetadata } from './read-model-metadata.js'
import { ARRAY_OF, type TensorDtype, type TensorValues, type TypedTensor, type ValueInfo } from './typed-tensor.js'

export interface SessionOptions {
  /** Threads that one operator may use; onnxruntime's own choice (one a physical core) where left out. */
  threads?: number
  /**
   * How far onnxruntime rewrites the graph. `all` (the default) suits a network that only infers; a training step that the
   * compiler has laid out already is quickest with `basic`.
   */
  optimization?: 'disabled' | 'basic' | 'all'
  /**
   * Whether onnxruntime lays out one block of memory for all tensors, after it has seen a first run (it does where left out).
   * That block comes on top of what the first run took: a training step, whose tensors are as large in every run, needs
   * a third less memory without, and the second run then touches no new memory.
   */
  memoryPattern?: boolean
  /** Rewrites of onnxruntime that are left out by name, `TransposeOptimizer` say. */
  withoutOptimizers?: readonly string[]
}

/** A model ready to run. Whatever runs it (now onnxruntime-node) stands behind this interface. */
export interface OnnxSession {
  readonly inputs: readonly ValueInfo[]
  readonly outputs: readonly ValueInfo[]
  /** The model's own `metadata_props`. */
  readonly metadata: Readonly<Record<string, string>>
  /**
   * Runs the model once. Every output comes back: those named in `into` in the buffers given there, which must not share memory
   * with an input; the others in new ones.
   *
   * @throws TypeError for a tensor that is not as the model declares it; DataError when the model itself fails
   */
  run(
    feeds: Readonly<Record<string, TypedTensor>>,
    into?: Readonly<Record<string, TypedTensor>>,
  ): Promise<Record<string, TypedTensor>>
  /** Frees the model's memory; a second call does nothing. */
  close(): Promise<void>
}

/**
 * Opens an ONNX model for running on the CPU. Nothing is printed, whatever the model.
 *
 * @param model the file's bytes, or its path (which a model with weights in a file beside it needs)
 * @throws DataError for a damaged model, or one with inputs or outputs that are no tensors of a TensorDtype
 */
export async function openSession(model: Uint8Array | string, options: SessionOptions = {}): Promise<OnnxSession> {
  const file = typeof model === 'string' ? model : 'ONNX model'
  const metadata = readModelMetadata(model)
  const native = await load(model, file, options)
  const inputs = native.inputMetadata.map(value => valueInfo(file, 'input', value))
  const outputs = native.outputMetadata.map(value => valueInfo(file, 'output', value))
  let open = true
  return {
    inputs,
    outputs,
    metadata,
    async run(feeds, into = {}) {
      if (!open) throw new TypeError(`${file}: the session is closed`)
      checkFeeds(inputs, feeds)
      checkFetches(outputs, into, feeds)
      const fetches = Object.fromEntries(
        outputs.map(({ name }) => [name, into[name] ? nativeTensor(into[name]) : null]),
      )
      const results = await native.run(mapValues(feeds, nativeTensor), fetches).catch((error: unknown) => {
        throw new DataError({ file, message: `the model failed: ${oneLine(error)}`, cause: error })
      })
      return Object.fromEntries(
        outputs.map(({ name, dtype }) => [name, into[name] ?? typedTensor(dtype, results[name] as Tensor)]),
      )
    },
    async close() {
      if (!open) return
      open = false
      await native.release()
    },
  }
}

async function load(model: Uint8Array | string, file: string, options: SessionOptions): Promise<InferenceSession> {
  env.logLevel = 'fatal'
  const native: InferenceSession.SessionOptions = {
    executionProviders: ['cpu'],
    executionMode: 'sequential',
    interOpNumThreads: 1,
    graphOptimizationLevel: options.optimization ?? 'all',
    logSeverityLevel: 4,
    ...(options.withoutOptimizers === undefined
      ? {}
      : { extra: { optimization: { disable_specified_optimizers: options.withoutOptimizers.join(';') } } }),
    ...(options.memoryPattern === undefined ? {} : { enableMemPattern: options.memoryPattern }),
    ...(options.threads === undefined ? {} : { intraOpNumThreads: options.threads }),
  }
  try {
    return await (typeof model === 'string'
      ? InferenceSession.create(model, native)
      : InferenceSession.create(model, native))
  } catch (error) {
    throw new DataError({ file, message: `onnxruntime cannot load the model: ${oneLine(error)}`, cause: error })
  }
}

function valueInfo(file: string, kind: string, value: InferenceSession.ValueMetadata): ValueInfo {
  const dtype = value.isTensor ? value.type : 'no tensor'
  if (!value.isTensor || !isDtype(dtype))
    throw new DataError({
      file,
      expected: `${kind} ${value.name} of ${Object.keys(ARRAY_OF).join(', ')}`,
      found: dtype,
    })
  return { name: value.name, dtype, shape: value.shape.map(size => (typeof size === 'number' ? size : null)) }
}

function isDtype(type: string): type is TensorDtype {
  return Object.hasOwn(ARRAY_OF, type)
}

/** onnxruntime takes no memory that threads share. */
function nativeTensor({ dtype, data, shape }: TypedTensor): Tensor {
  return new Tensor(dtype, data.buffer instanceof SharedArrayBuffer ? data.slice() : data, shape)
}

function typedTensor(dtype: TensorDtype, tensor: Tensor): TypedTensor {
  return { dtype, shape: tensor.dims, data: tensor.data as TensorValues }
}

function mapValues<V, R>(record: Readonly<Record<string, V>>, map: (value: V) => R): Record<string, R> {
  return Object.fromEntries(Object.entries(record).map(([key, value]) => [key, map(value)]))
}

function oneLine(error: unknown): string {
  return (error instanceof Error ? error.message : String(error)).replace(/\s+/g, ' ').trim()
}
