import { readFileSync } from 'node:fs'
import { DataError } from '@tiny-face/safe-files'
import { env, InferenceSession, Tensor } from 'onnxruntime-node'
import { checkModelGraph } from './check-model-graph.js'
import { checkFeeds, checkFetches } from './check-tensors.js'
import { type ModelGraph, readModelGraph } from './read-model-graph.js'
import { readModelMetadata } from './read-model-metadata.js'
import { rewriteGraph } from './rewrite-graph.js'
import { splitPrelu } from './split-prelu.js'
import {
  ARRAY_OF,
  type OtherOutput,
  type TensorDtype,
  type TensorValues,
  type TypedTensor,
  type ValueInfo,
} from './typed-tensor.js'

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
  /**
   * Whether a thread that has nothing to do looks for work for a while before it sleeps (it does where left out). On a machine that
   * has other work, it takes its time from that.
   */
  spinning?: boolean
  /**
   * Runs a model on images of any height and width where it declares one size only, as exporters write it: the sizes of its inputs' axes
   * after batch and channels, and those of its outputs, are left out (and what the model says of the shapes between). A model whose
   * operators do hold it to one size fails when it runs.
   */
  freeSizes?: boolean
}

/** A model ready to run. Whatever runs it (now onnxruntime-node) stands behind this interface. */
export interface OnnxSession {
  readonly inputs: readonly ValueInfo[]
  readonly outputs: readonly ValueInfo[]
  /** Outputs that cannot be given, and are never asked for. */
  readonly otherOutputs: readonly OtherOutput[]
  /** The model's own `metadata_props`. */
  readonly metadata: Readonly<Record<string, string>>
  readonly graph: ModelGraph
  /** The files that hold the model: itself where it was given by its path, and those beside it that weights lie in. */
  readonly files: readonly string[]
  /**
   * Runs the model once. The wanted outputs come back, all where left out: those named in `into` in the buffers given there, which
   * must not share memory with an input; the others in new ones.
   *
   * @throws TypeError for a tensor that is not as the model declares it; DataError when the model itself fails
   */
  run(
    feeds: Readonly<Record<string, TypedTensor>>,
    into?: Readonly<Record<string, TypedTensor>>,
    wanted?: readonly string[],
  ): Promise<Record<string, TypedTensor>>
  /** Frees the model's memory; a second call does nothing. */
  close(): Promise<void>
}

/**
 * Opens an ONNX model for running on the CPU. Nothing is printed, whatever the model.
 *
 * @param model the file's bytes, or its path (which a model with weights in a file beside it needs)
 * @throws DataError for what is no ONNX model, a damaged one, one that checkModelGraph refuses, and one with an input that is no tensor
 *   of a TensorDtype
 */
export async function openSession(model: Uint8Array | string, options: SessionOptions = {}): Promise<OnnxSession> {
  const path = typeof model === 'string' ? model : undefined
  const file = path ?? 'ONNX model'
  const metadata = readModelMetadata(model)
  const graph = readModelGraph(model)
  const beside = checkModelGraph(graph, file, path)
  const untyped = graph.outputs.filter(({ type }) => type !== undefined && UNNAMED_TYPES[type] !== undefined)
  const without = new Set(untyped.map(({ name }) => name))
  const whole = () => (typeof model === 'string' ? readFileSync(model) : model)
  const { freeSizes } = options
  const plain = () =>
    load(without.size > 0 || freeSizes ? rewriteGraph(whole(), graph, { without, freeSizes }) : model, file, options)
  // Weights beside a model are found by its path: such a model is loaded as it lies there.
  const faster = (options.optimization ?? 'all') === 'all' && beside.length === 0 ? splitPrelu(graph) : undefined
  const native = faster
    ? await load(rewriteGraph(whole(), graph, { ...faster, without, freeSizes }), file, options).catch(plain)
    : await plain()
  const inputs = native.inputMetadata.map(value => inputInfo(file, value))
  const outputs = unique(native.outputMetadata).flatMap(value => valueInfo(value) ?? [])
  const otherOutputs = [
    ...unique(native.outputMetadata).flatMap(value =>
      valueInfo(value) === undefined ? { name: value.name, type: value.isTensor ? value.type : 'no tensor' } : [],
    ),
    ...untyped.map(({ name, type }) => ({ name, type: UNNAMED_TYPES[type!]! })),
  ]
  let open = true
  return {
    inputs,
    outputs,
    otherOutputs,
    metadata,
    graph,
    files: path === undefined ? [] : [path, ...beside],
    async run(feeds, into = {}, wanted = outputs.map(({ name }) => name)) {
      if (!open) throw new TypeError(`${file}: the session is closed`)
      checkFeeds(inputs, feeds)
      checkFetches(outputs, into, feeds)
      const fetches = Object.fromEntries(wanted.map(name => [name, into[name] ? nativeTensor(into[name]) : null]))
      const results = await native.run(mapValues(feeds, nativeTensor), fetches).catch((error: unknown) => {
        throw new DataError({ file, message: `the model failed: ${oneLine(error)}`, cause: error })
      })
      return Object.fromEntries(wanted.map(name => [name, into[name] ?? typedTensor(results[name] as Tensor)]))
    },
    async close() {
      if (!open) return
      open = false
      await native.release()
    },
  }
}

/** Element types (TensorProto.DataType) that onnxruntime-node has no name for: it refuses a model that gives one. */
const UNNAMED_TYPES: Readonly<Record<number, string>> = {
  14: 'complex64',
  15: 'complex128',
  16: 'bfloat16',
  17: 'float8e4m3fn',
  18: 'float8e4m3fnuz',
  19: 'float8e5m2',
  20: 'float8e5m2fnuz',
}

async function load(model: Uint8Array | string, file: string, options: SessionOptions): Promise<InferenceSession> {
  env.logLevel = 'fatal'
  const native: InferenceSession.SessionOptions = {
    executionProviders: ['cpu'],
    executionMode: 'sequential',
    interOpNumThreads: 1,
    graphOptimizationLevel: options.optimization ?? 'all',
    logSeverityLevel: 4,
    extra: {
      ...(options.withoutOptimizers && {
        optimization: { disable_specified_optimizers: options.withoutOptimizers.join(';') },
      }),
      ...(options.spinning === false && { session: { intra_op: { allow_spinning: '0' } } }),
    },
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

/** A model may name an output twice. */
function unique(values: readonly InferenceSession.ValueMetadata[]): InferenceSession.ValueMetadata[] {
  return [...new Map(values.map(value => [value.name, value])).values()]
}

function inputInfo(file: string, value: InferenceSession.ValueMetadata): ValueInfo {
  const info = valueInfo(value)
  if (info !== undefined) return info
  throw new DataError({
    file,
    expected: `input ${value.name} of ${Object.keys(ARRAY_OF).join(', ')}`,
    found: value.isTensor ? value.type : 'no tensor',
  })
}

function valueInfo(value: InferenceSession.ValueMetadata): ValueInfo | undefined {
  if (!value.isTensor || !isDtype(value.type)) return undefined
  const shape = value.shape.map(size => (typeof size === 'number' ? size : null))
  return { name: value.name, dtype: value.type, shape }
}

function isDtype(type: string): type is TensorDtype {
  return Object.hasOwn(ARRAY_OF, type)
}

/** onnxruntime takes no memory that threads share. */
function nativeTensor({ dtype, data, shape }: TypedTensor): Tensor {
  const own = data.buffer instanceof SharedArrayBuffer ? data.slice() : data
  const tensor = new Tensor(dtype, own, shape)
  // Where JavaScript has a Float16Array (Node 24), onnxruntime's JavaScript makes one of the bits, which its own binary does not take.
  return dtype === 'float16' ? Object.defineProperty(tensor, 'data', { value: own }) : tensor
}

/** What onnxruntime says that it gave: not always what the model declares. Its float16 are a Float16Array where JavaScript has one. */
function typedTensor({ type, dims, data }: Tensor): TypedTensor {
  const dtype = type as TensorDtype
  const values = data as TensorValues
  return {
    dtype,
    shape: dims,
    data: dtype === 'float16' ? new Uint16Array(values.buffer, values.byteOffset, values.length) : values,
  }
}

function mapValues<V, R>(record: Readonly<Record<string, V>>, map: (value: V) => R): Record<string, R> {
  return Object.fromEntries(Object.entries(record).map(([key, value]) => [key, map(value)]))
}

function oneLine(error: unknown): string {
  return (error instanceof Error ? error.message : String(error)).replace(/\s+/g, ' ').trim()
}
