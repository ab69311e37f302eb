/**
 * What the rules write to: ONNX nodes and initializers, and for each value of the graph the name of its tensor.
 *
 * Rules write freely: the same node twice, or nodes that nobody reads. Passes over what was written clean up, so a gradient
 * that needs what its forward kernel computed simply writes it again.
 */
import { type DType, sizeOf } from '../../graph/graph.js'
import type { AvailableOperators } from './available-operators.js'
import { ELEMENT_TYPES, type ElementType, type OnnxAttribute, type OnnxNode, type OnnxTensor } from './model-file.js'
import { layoutOrder, type PhysicalValue, physicalShape, vectorShape } from './physical-graph.js'

export class Writer {
  readonly nodes: OnnxNode[] = []
  readonly initializers: OnnxTensor[] = []
  readonly operators: AvailableOperators
  readonly #batch: number | undefined
  readonly #names = new Map<PhysicalValue, string>()
  readonly #vectors = new Map<PhysicalValue, string>()
  #count = 0

  /** `batch`: the extent that stands for a batch of any size. */
  constructor(operators: AvailableOperators, batch?: number) {
    this.operators = operators
    this.#batch = batch
  }

  /** What the tensors are that are values of the graph. */
  get values(): Map<string, PhysicalValue> {
    return new Map([...this.#names].map(([value, name]) => [name, value]))
  }

  /** A standard operator with one output. */
  op(op: string, inputs: readonly string[], attributes: Record<string, OnnxAttribute> = {}): string {
    return this.operator('', op, inputs, attributes, 1)[0]!
  }

  operator(
    domain: string,
    op: string,
    inputs: readonly string[],
    attributes: Record<string, OnnxAttribute>,
    count: number,
  ): readonly string[] {
    const outputs = Array.from({ length: count }, () => this.#fresh())
    this.nodes.push({ op, domain, inputs, outputs, attributes })
    return outputs
  }

  #fresh(): string {
    return `%${this.#count++}`
  }

  /** The tensor of a value, as it lies. */
  get(value: PhysicalValue): string {
    const known = this.#names.get(value)
    if (known !== undefined) return known
    const vector = this.#vectors.get(value)
    if (vector === undefined) throw new Error('internal: a value is used before it is produced')
    const name = this.reshape(vector, physicalShape(value))
    this.set(value, name)
    return name
  }

  /** The same as states come and go: a Reshape right before an output of the model would copy the tensor. */
  getVector(value: PhysicalValue): string {
    return this.#vectors.get(value) ?? this.reshape(this.get(value), this.vectorShape(value))
  }

  vectorShape(value: PhysicalValue): number[] {
    return vectorShape(sizeOf(value.shape), this.operators.block)
  }

  /** An operand that broadcasts against tensors that lie as `like` does. */
  getBroadcast(value: PhysicalValue, like: PhysicalValue): string {
    const rank = like.shape.length
    if (like.layout === 'plain' || value.shape.length === rank || sizeOf(value.shape) === 1) return this.get(value)
    const padded = [...Array<number>(rank - value.shape.length).fill(1), ...value.shape]
    return this.transpose(this.reshape(this.get(value), padded), padded, layoutOrder(like.layout, rank))
  }

  /** Says which tensor is a value. */
  set(value: PhysicalValue, name: string): void {
    this.#names.set(value, name)
  }

  setVector(value: PhysicalValue, name: string): void {
    this.#vectors.set(value, name)
  }

  /** Transposes; where only axes of extent 1 move, a Reshape, which costs nothing. */
  transpose(name: string, shape: readonly number[], order: readonly number[]): string {
    if (order.every((axis, index) => axis === index)) return name
    const moving = order.filter(axis => shape[axis] !== 1)
    const permuted = order.map(axis => shape[axis]!)
    if (moving.every((axis, index) => index === 0 || axis > moving[index - 1]!)) return this.reshape(name, permuted)
    return this.op('Transpose', [name], { perm: order })
  }

  reshape(name: string, shape: readonly number[]): string {
    return this.op('Reshape', [name, this.int64(this.dynamic(shape))])
  }

  /** The shape with -1 where the batch is. */
  dynamic(shape: readonly number[]): number[] {
    const batch = this.#batch
    if (batch === undefined) return [...shape]
    const symbolic = shape.map(extent => (extent !== 0 && extent % batch === 0 ? -1 : extent))
    if (symbolic.filter(extent => extent === -1).length > 1)
      throw new Error(`a shape holds the batch twice: [${shape}]`)
    return symbolic
  }

  /** Throws where a shape that must be written as numbers holds the batch. */
  fixed(shape: readonly number[]): number[] {
    if (this.dynamic(shape).includes(-1))
      throw new Error(`a tensor of shape [${shape}] cannot be made for a batch of any size`)
    return [...shape]
  }

  /** Dimensions as a model's inputs and outputs declare them. */
  declared(shape: readonly number[]): (number | string)[] {
    return this.dynamic(shape).map((extent, axis) =>
      extent === -1 ? (shape[axis] === this.#batch ? 'batch' : `batch_${axis}`) : extent,
    )
  }

  int64(values: readonly number[]): string {
    return this.initializer('int64', BigInt64Array.from(values, BigInt), [values.length])
  }

  scalar(dtype: DType, value: number): string {
    return this.initializer(dtype, valuesOf(dtype, [value]), [])
  }

  floats(values: readonly number[], shape: readonly number[] = [values.length]): string {
    return this.initializer('float32', Float32Array.from(values), shape)
  }

  /** A vector of one number. */
  uniform(value: number, length: number): string {
    return this.op('Expand', [this.floats([value]), this.int64([length])])
  }

  cast(name: string, to: DType): string {
    return this.op('Cast', [name], { to: ELEMENT_TYPES[to] })
  }

  initializer(type: ElementType, data: ArrayBufferView, shape: readonly number[], name = this.#fresh()): string {
    this.initializers.push({ name, type, shape, data })
    return name
  }
}

/** Numbers as a typed array of a graph's type; bool as bytes 0 and 1. */
export function valuesOf(dtype: DType, values: readonly number[]): Float32Array | Int32Array | Uint8Array {
  if (dtype === 'float32') return Float32Array.from(values)
  return dtype === 'int32' ? Int32Array.from(values) : Uint8Array.from(values)
}
