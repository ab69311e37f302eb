/**
 * What the lowering tables write to: ONNX nodes and initializers, and for each value of the graph the names under which its
 * tensor exists, by layout. A rule asks for its inputs in the layout it works in and says in which one its output lies;
 * whatever permutation that takes is written here, once, and counted.
 *
 * The same node over the same inputs is written once (all operators used are pure): a gradient that needs what its forward
 * kernel computed simply writes it again.
 */
import { type DType, sizeOf } from '../../graph/graph.js'
import type { ElementType, OnnxAttribute, OnnxNode, OnnxTensor } from './model.js'
import type { Layout, PhysicalNode, PhysicalValue } from './physical-graph.js'

/** What the machine and the purpose allow. */
export interface Target {
  /** `com.microsoft` operators of onnxruntime, or only those of the standard. */
  readonly contrib: boolean
  /** Channels to a block of onnxruntime's blocked convolutions (8 with AVX2, 16 with AVX-512); 0 where it has none. */
  readonly block: number
}

/** Only operators of the standard: what an exported model is made of. */
export const STANDARD: Target = { contrib: false, block: 0 }

export type Rule = (node: PhysicalNode, builder: Builder) => void
export type Rules = Readonly<Record<string, Rule>>

/** From tfjs's own order to the layout's: axis i of the layout is axis `order[i]` of the plain shape. */
const ORDERS: Readonly<Record<Exclude<Layout, 'plain'>, readonly number[]>> = {
  nchw: [0, 3, 1, 2],
  /** As onnxruntime declares it; within, the channels are in blocks. */
  blocked: [0, 3, 1, 2],
  oihw: [3, 2, 0, 1],
}

/** The order of a layout's axes in terms of the plain ones. */
export function layoutOrder(layout: Layout, rank: number): readonly number[] {
  if (layout === 'plain') return Array.from({ length: rank }, (_, axis) => axis)
  if (rank !== 4) throw new Error(`internal: layout ${layout} of a tensor of rank ${rank}`)
  return ORDERS[layout]
}

/** The shape as it lies in memory. */
export function physicalShape(shape: readonly number[], layout: Layout): number[] {
  return layoutOrder(layout, shape.length).map(axis => shape[axis]!)
}

/** A tensor, and the vector over its channels that it must still be multiplied by. */
export interface Scaled {
  readonly name: string
  readonly factor?: string
}

export class Builder {
  readonly nodes: OnnxNode[] = []
  readonly initializers: OnnxTensor[] = []
  readonly target: Target
  readonly #batch: number | undefined
  readonly #names = new Map<PhysicalValue, Map<Layout, string>>()
  readonly #scaled = new Map<PhysicalValue, Required<Scaled> & { readonly multiply: () => string }>()
  readonly #uses: ReadonlyMap<PhysicalValue, number>
  readonly #written = new Map<string, readonly string[]>()
  readonly #makers = new Map<string, OnnxNode>()
  #count = 0

  /** `uses`: how many times the graph reads each value. `batch`: the extent that stands for a batch of any size. */
  constructor(target: Target, uses: ReadonlyMap<PhysicalValue, number>, batch?: number) {
    this.target = target
    this.#uses = uses
    this.#batch = batch
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
    outputs: number,
  ) {
    const key = JSON.stringify([domain, op, inputs, attributes, outputs])
    let names = this.#written.get(key)
    if (!names) {
      names = Array.from({ length: outputs }, () => `%${this.#count++}`)
      this.#written.set(key, names)
      const node = { op, domain, inputs, outputs: names, attributes }
      this.nodes.push(node)
      for (const name of names) this.#makers.set(name, node)
    }
    return names
  }

  /** The tensor of a graph's value in a layout; permuted here when it exists only in another. */
  get(value: PhysicalValue, layout: Layout = 'plain'): string {
    const scaled = this.#scaled.get(value)
    if (scaled && !this.#names.has(value)) this.set(value, scaled.multiply(), 'blocked')
    const names = this.#names.get(value)
    if (!names) throw new Error('internal: a value is used before it is produced')
    const known = names.get(layout)
    if (known !== undefined) return known
    const made = this.#convert(value, names, layout)
    names.set(layout, made)
    return made
  }

  #convert(value: PhysicalValue, names: ReadonlyMap<Layout, string>, layout: Layout): string {
    if (layout === 'blocked') return this.#reorder('ReorderInput', this.get(value, 'nchw'), value)
    const [from, name] = [...names].find(([known]) => known !== 'blocked') ?? [undefined, '']
    if (from === undefined) {
      const nchw = this.#reorder('ReorderOutput', names.get('blocked')!, value)
      this.set(value, nchw, 'nchw')
      return this.get(value, layout)
    }
    const source = layoutOrder(from, value.shape.length)
    const order = layoutOrder(layout, value.shape.length).map(axis => source.indexOf(axis))
    return this.transpose(name, physicalShape(value.shape, from), order)
  }

  /** Into blocks of channels and out of them; an image of one pixel is the same either way. */
  #reorder(op: 'ReorderInput' | 'ReorderOutput', name: string, { shape }: PhysicalValue): string {
    if (shape[1] === 1 && shape[2] === 1) return name
    const attributes: Record<string, OnnxAttribute> = op === 'ReorderOutput' ? { channels: shape[3]! } : {}
    return this.operator('com.microsoft.nchwc', op, [name], attributes, 1)[0]!
  }

  /** The same for an operand that broadcasts against tensors of `rank` in `layout`. */
  getBroadcast(value: PhysicalValue, layout: Layout, rank: number): string {
    if (layout === 'plain') return this.get(value)
    if (sizeOf(value.shape) === 1) return this.get(value, this.layoutOf(value))
    if (value.shape.length === rank) return this.get(value, layout)
    const padded = [...Array<number>(rank - value.shape.length).fill(1), ...value.shape]
    return this.transpose(this.reshape(this.get(value), padded), padded, layoutOrder(layout, rank))
  }

  /** Says where a rule put its output. */
  set(value: PhysicalValue, name: string, layout: Layout = 'plain'): void {
    const names = this.#names.get(value) ?? new Map<Layout, string>()
    names.set(layout, name)
    this.#names.set(value, names)
  }

  /** The node that made a tensor which only one node of the graph reads; undefined where more do. */
  soleMaker(value: PhysicalValue, name: string): OnnxNode | undefined {
    return this.#uses.get(value) === 1 ? this.#makers.get(name) : undefined
  }

  /**
   * Says where a rule put its output in blocks, short of a factor per channel. Who can take the factor into its filter asks by
   * `scaled`; `multiply` writes the pass for all others.
   */
  setScaled(value: PhysicalValue, name: string, factor: string, multiply: () => string): void {
    this.#scaled.set(value, { name, factor, multiply })
  }

  scaled(value: PhysicalValue, layout: 'blocked' | 'nchw'): Scaled {
    const scaled = this.#scaled.get(value)
    if (!scaled) return { name: this.get(value, layout) }
    const { name, factor } = scaled
    return { name: layout === 'blocked' ? name : this.#reorder('ReorderOutput', name, value), factor }
  }

  /** The layout a value exists in; in blocks of channels where it exists so, since that is how the machine works. */
  layoutOf(value: PhysicalValue): Layout {
    const names = this.#names.get(value)
    if (this.#scaled.has(value) || names?.has('blocked')) return 'blocked'
    if (!names) return value.layout
    return names.has(value.layout) ? value.layout : [...names.keys()][0]!
  }

  /** The same for a rule that must have the channels on one axis. */
  unblockedLayoutOf(value: PhysicalValue): Layout {
    const layout = this.layoutOf(value)
    return layout === 'blocked' ? 'nchw' : layout
  }

  /** Transposes; where only axes of extent 1 move, a Reshape, which costs nothing. */
  transpose(name: string, shape: readonly number[], order: readonly number[]): string {
    if (order.every((axis, index) => axis === index)) return name
    const moving = order.filter(axis => shape[axis] !== 1)
    const permuted = order.map(axis => shape[axis]!)
    if (moving.every((axis, index) => index === 0 || axis > moving[index - 1]!)) return this.reshape(name, permuted)
    return this.op('Transpose', [name], { perm: order })
  }

  /** Whether a value can be kept in blocks of channels: an image whose channels fill them. */
  blocks(value: PhysicalValue): boolean {
    return this.target.block > 0 && value.shape.length === 4 && value.shape[3]! % this.target.block === 0
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

  /** A constant; small ones are kept once. */
  initializer(type: ElementType, data: ArrayBufferView, shape: readonly number[], name?: string): string {
    const small = data.byteLength <= 256 && name === undefined
    const key = small
      ? `${type}[${shape}]${Buffer.from(data.buffer, data.byteOffset, data.byteLength).toString('hex')}`
      : ''
    const known = small ? this.#written.get(key) : undefined
    if (known) return known[0]!
    const fresh = name ?? `%${this.#count++}`
    if (small) this.#written.set(key, [fresh])
    this.initializers.push({ name: fresh, type, shape, data })
    return fresh
  }
}

/** Numbers as a typed array of a graph's type; bool as bytes 0 and 1. */
export function valuesOf(dtype: DType, values: readonly number[]): Float32Array | Int32Array | Uint8Array {
  if (dtype === 'float32') return Float32Array.from(values)
  return dtype === 'int32' ? Int32Array.from(values) : Uint8Array.from(values)
}
