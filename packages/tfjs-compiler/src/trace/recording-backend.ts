/**
 * The tfjs backend whose kernels only record. A tensor's data is a value of the graph; a kernel's outputs get their shapes
 * from the table of kernels. It never moves data: a tensor that belongs elsewhere is refused.
 */

import * as tf from '@tensorflow/tfjs-core'
import type { Attribute, Attributes, ConstantData, DType, GraphNode, TensorType, Value } from '../graph/graph.js'
import { inferOutputs, KERNELS, kernelOf } from '../kernels/index.js'
import { REDUCTION_AXES } from '../kernels/reduction.js'

/** Without an underscore: tfjs's kernel registry joins backend and kernel by one. */
export const RECORDING_BACKEND = 'recording'

type KernelInputs = Record<string, tf.TensorInfo | undefined> | tf.TensorInfo[]

export class RecordingBackend extends tf.KernelBackend {
  readonly nodes: GraphNode[] = []
  readonly constants = new Map<Value, ConstantData>()
  readonly #data = new Map<object, { value: Value; references: number }>()

  /** A new value without a producer: an input of the graph. */
  placeholder(type: TensorType): tf.TensorInfo {
    return this.#tensor(newValue(type))
  }

  /** The value behind a tensor; undefined where the tensor is not this backend's or was disposed. */
  graphValue(tensor: tf.TensorInfo): Value | undefined {
    return this.#data.get(tensor.dataId)?.value
  }

  /** Records a kernel. `source` is the tfjs function that called it. */
  record(kernel: string, inputs: KernelInputs, attributes: Attributes, source?: string): tf.TensorInfo[] {
    if (kernel === 'Identity') return [this.#alias((inputs as { x: tf.TensorInfo }).x)]
    const named = orderInputs(kernel, inputs, source)
    const values = named.map(([name, tensor]) => {
      const value = tensor ? this.graphValue(tensor) : this.#default(kernel, name, inputs)
      if (value) return value
      const why = tensor ? 'does not belong to this trace or was disposed: pass it as an input' : 'is missing'
      throw new Error(`tf.${source ?? kernel}: input ${name} of kernel ${kernel} ${why}`)
    })
    if (kernel === 'Cast' && values[0]!.dtype === attributes.dtype) return [this.#alias(named[0]![1]!)]
    const types = inferOutputs(kernel, values, attributes, source)
    return this.#add(kernel, values, normalise(kernel, attributes, values, types), types, source)
  }

  /** What an input that tfjs lets out stands for. */
  #default(kernel: string, name: string, inputs: KernelInputs): Value | undefined {
    const value = kernel === 'FusedBatchNorm' ? { scale: 1, offset: 0 }[name] : undefined
    const like = (inputs as Record<string, tf.TensorInfo | undefined>).mean
    if (value === undefined || !like) return undefined
    return this.graphValue(this.#fill({ shape: like.shape, dtype: 'float32' }, value))
  }

  #fill(type: TensorType, value: number): tf.TensorInfo {
    return this.#add('Fill', [], { shape: [...type.shape], value, dtype: type.dtype }, [type])[0]!
  }

  #add(op: string, inputs: Value[], attributes: Attributes, types: TensorType[], source?: string): tf.TensorInfo[] {
    const outputs = types.map(newValue)
    this.nodes.push({ op, inputs, outputs, attributes, source })
    return outputs.map(value => this.#tensor(value))
  }

  #tensor(value: Value): tf.TensorInfo {
    const dataId = {}
    this.#data.set(dataId, { value, references: 1 })
    return { dataId, shape: [...value.shape], dtype: value.dtype }
  }

  #alias(tensor: tf.TensorInfo): tf.TensorInfo {
    if (!this.#data.has(tensor.dataId)) throw new Error('a tensor that does not belong to this trace or was disposed')
    this.incRef(tensor.dataId)
    return { dataId: tensor.dataId, shape: tensor.shape, dtype: tensor.dtype }
  }

  /** Constants arrive here. One that is the same everywhere is a Fill node, so that no target stores it densely. */
  override write(values: tf.BackendValues, shape: number[], dtype: tf.DataType): tf.DataId {
    const type = { shape, dtype: graphType(dtype) }
    const data = values as ConstantData
    if (shape.length > 0 && isUniform(data)) {
      return this.#fill(type, Number(data[0] ?? 0)).dataId
    }
    const value = newValue(type)
    this.constants.set(value, typedCopy(data, type.dtype))
    return this.#tensor(value).dataId
  }

  override readSync(dataId: object): tf.BackendValues {
    const value = this.#data.get(dataId)?.value
    const constant = value && this.constants.get(value)
    if (!constant)
      throw new Error('a traced tensor has no values yet: a traced function cannot read them (data, dataSync, print)')
    return constant.slice()
  }

  override async read(dataId: object): Promise<tf.BackendValues> {
    return this.readSync(dataId)
  }

  override move(): void {
    throw new Error('a tensor of another backend was used in a trace: pass it as an input')
  }

  override refCount(dataId: object): number {
    return this.#data.get(dataId)?.references ?? 0
  }

  override incRef(dataId: object): void {
    const data = this.#data.get(dataId)
    if (!data) throw new Error('a tensor that does not belong to this trace or was disposed: pass it as an input')
    data.references++
  }

  override disposeData(dataId: object, force = false): boolean {
    const data = this.#data.get(dataId)
    if (!data) return true
    data.references--
    if (data.references > 0 && !force) return false
    return this.#data.delete(dataId)
  }

  override numDataIds(): number {
    return this.#data.size
  }

  override memory(): { unreliable: boolean } {
    return { unreliable: true }
  }

  override floatPrecision(): 32 {
    return 32
  }

  override epsilon(): number {
    return 1e-7
  }

  override dispose(): void {
    this.#data.clear()
  }
}

let registered = false

/** Makes every kernel that tfjs or the table of kernels knows record. Does nothing the second time. */
export function registerRecordingKernels(): void {
  if (registered) return
  registered = true
  const tfjs = Object.entries(tf).flatMap(([name, value]) => (name === value ? [name] : []))
  for (const kernelName of new Set([...tfjs, ...Object.keys(KERNELS)])) {
    tf.registerKernel({
      kernelName,
      backendName: RECORDING_BACKEND,
      kernelFunc: ({ inputs, attrs, backend }) => {
        const recorder = backend as RecordingBackend
        const outputs = recorder.record(kernelName, inputs, cleanAttributes(attrs), callingFunction())
        const single = outputs.length === 1 && !['Unpack', 'SplitV'].includes(kernelName)
        return single ? outputs[0]! : outputs
      },
    })
  }
}

function newValue({ shape, dtype }: TensorType): Value {
  return { shape: [...shape], dtype }
}

/** tfjs opens a scope for each of its functions: `conv2d__op`. */
function callingFunction(): string | undefined {
  const name = tf.engine().state.activeScope?.name
  return name?.endsWith('__op') ? name.slice(0, -'__op'.length) : undefined
}

function orderInputs(kernel: string, inputs: KernelInputs, source?: string): [string, tf.TensorInfo | undefined][] {
  const { inputs: names } = kernelOf(kernel, source)
  if (names === 'list') return Object.entries(inputs)
  return names.map(name => [name, (inputs as Record<string, tf.TensorInfo | undefined>)[name]])
}

function cleanAttributes(attributes: tf.NamedAttrMap | undefined): Attributes {
  const entries = Object.entries(attributes ?? {}).filter(([, value]) => value !== undefined)
  return Object.fromEntries(entries.map(([name, value]) => [name, structuredClone(value) as Attribute]))
}

/** Says in full what a kernel may leave open: an extent of -1, all axes, axes counted from the end. */
function normalise(kernel: string, attributes: Attributes, [x]: Value[], [y]: TensorType[]): Attributes {
  if (kernel === 'Reshape') return { ...attributes, shape: [...y!.shape] }
  const axes = REDUCTION_AXES[kernel]
  if (!axes) return attributes
  return { ...attributes, [axes]: tf.util.parseAxisParam((attributes[axes] ?? null) as number[], [...x!.shape]) }
}

function graphType(dtype: tf.DataType): DType {
  if (dtype === 'float32' || dtype === 'int32' || dtype === 'bool') return dtype
  throw new Error(`tensors of type ${dtype} are not compiled (float32, int32 and bool are)`)
}

function isUniform(data: ConstantData): boolean {
  for (const item of data) if (!Object.is(item, data[0])) return false
  return true
}

function typedCopy(data: ConstantData, dtype: DType): ConstantData {
  return dtype === 'float32'
    ? Float32Array.from(data)
    : dtype === 'int32'
      ? Int32Array.from(data)
      : Uint8Array.from(data)
}
