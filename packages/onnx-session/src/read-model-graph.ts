/*
 * The graph of an ONNX model as plain data (layout: placed-fields.ts of protobuf-wire; field numbers from onnx.proto):
 *
 *   ModelProto         7 graph  8 opset_import {1 domain, 2 version}  25 functions
 *   GraphProto         1 node  5 initializer  12 output  15 sparse_initializer
 *   FunctionProto      7 node
 *   NodeProto          1 input  2 output  4 op_type  5 attribute  7 domain
 *   AttributeProto     1 name  3 i  5 t  6 g  8 ints  10 tensors  11 graphs  22 sparse_tensor  23 sparse_tensors
 *   TensorProto        1 dims  2 data_type  4 float_data  5 int32_data  7 int64_data  8 name  9 raw_data  10 double_data
 *                      11 uint64_data  13 external_data {1 key, 2 value}  14 data_location (1 is external)
 *   SparseTensorProto  1 values  2 indices  3 dims
 *   ValueInfoProto     1 name  2 type {1 tensor_type {1 elem_type}}
 *
 * Weights stay in the file: of a tensor comes its shape, where its data lies, and its values where they are few.
 */
import { integerOf, type PlacedField, packedIntegers, placedFields } from '@tiny-face/protobuf-wire'
import { DataError } from '@tiny-face/safe-files'
import { fromFloat16 } from '@tiny-face/weight-files/float16'
import { type ModelBytes, textOf, withModelBytes } from './model-bytes.js'

/** Nodes of a graph, those of graphs within included: a network of a hundred layers has a thousand. */
export const MAX_MODEL_NODES = 1 << 16
/** Graphs within graphs, as the branches of an If are. */
export const MAX_GRAPH_DEPTH = 16
/** Text, shapes and lists of a node are shorter than this in any sane model. */
export const MAX_NODE_FIELD_BYTES = 1 << 20
/** Axes of a tensor: an image has four. */
export const MAX_TENSOR_AXES = 64
/** A tensor of no more values than this has them read. */
export const MAX_SMALL_TENSOR = 64

export interface ModelGraph {
  /** The version of the standard operators; 0 where none is given. */
  opset: number
  nodes: readonly ModelNode[]
  /** Those of the graphs and functions within. */
  innerNodes: readonly ModelNode[]
  /** Every tensor of weights: of this graph by name, and `others` of the graphs and nodes within. */
  constants: ReadonlyMap<string, ModelTensor>
  others: readonly ModelTensor[]
  /** The element type's number of each output (TensorProto.DataType), undefined where it is no tensor. */
  outputs: readonly { name: string; type: number | undefined }[]
}

export interface ModelNode {
  op: string
  inputs: readonly string[]
  outputs: readonly string[]
  integers: Readonly<Record<string, readonly number[]>>
  tensors: Readonly<Record<string, ModelTensor>>
}

export interface ModelTensor {
  name: string
  /** Where it begins in the file, for messages. */
  offset: number
  /** TensorProto.DataType */
  type: number
  shape: readonly number[]
  sparse: boolean
  /** How many bytes of raw data it has in the file; undefined where its values are listed, or none are there. */
  rawBytes: number | undefined
  /** Whether values are listed one by one. */
  listed: boolean
  /** What says in which file the data lies, where it lies outside: `location`, `offset`, `length`. */
  external: Readonly<Record<string, string>> | undefined
  /** Row by row, where they are at most MAX_SMALL_TENSOR, in this file, and of a type that is read. */
  values: readonly number[] | undefined
}

/**
 * Reads a model's graph, without its weights.
 *
 * @throws DataError where the bytes are no ONNX model, or pass a limit
 */
export function readModelGraph(model: Uint8Array | string): ModelGraph {
  return withModelBytes(model, bytes => new GraphReader(bytes).read())
}

class GraphReader {
  readonly #bytes: ModelBytes
  readonly #others: ModelTensor[] = []
  readonly #innerNodes: ModelNode[] = []
  #nodes = 0

  constructor(bytes: ModelBytes) {
    this.#bytes = bytes
  }

  read(): ModelGraph {
    const nodes: ModelNode[] = []
    const constants = new Map<string, ModelTensor>()
    const outputs: ModelGraph['outputs'][number][] = []
    let opset = 0
    for (const field of messages(this.#bytes, 0, this.#bytes.size)) {
      if (field.number === 8) opset = Math.max(opset, this.#standardVersion(field))
      if (field.number === 25)
        for (const part of messages(this.#bytes, field.start, field.end))
          if (part.number === 7) this.#innerNodes.push(this.#node(part, 0))
      if (field.number !== 7) continue
      for (const part of messages(this.#bytes, field.start, field.end)) {
        if (part.number === 1) nodes.push(this.#node(part, 0))
        if (part.number === 5) {
          const tensor = this.#tensor(part)
          constants.set(tensor.name, tensor)
        }
        if (part.number === 12) outputs.push(this.#output(part))
        if (part.number === 15) this.#others.push(this.#sparse(part))
      }
    }
    return { opset, nodes, innerNodes: this.#innerNodes, constants, others: this.#others, outputs }
  }

  #standardVersion({ start, end }: PlacedField): number {
    let [domain, version] = ['', 0]
    for (const field of placedFields(this.#bytes, start, end)) {
      if (field.number === 1 && field.wireType === 2) domain = this.#text(field)
      if (field.number === 2 && field.wireType === 0) version = Number(integerOf(this.#bytes, field))
    }
    return domain === '' || domain === 'ai.onnx' ? version : 0
  }

  /** A graph within: its tensors are kept, its nodes are counted. */
  #within({ offset, start, end }: PlacedField, depth: number): void {
    if (depth > MAX_GRAPH_DEPTH) throw this.#over(offset, `at most ${MAX_GRAPH_DEPTH} graphs within each other`, 'more')
    for (const part of messages(this.#bytes, start, end)) {
      if (part.number === 1) this.#innerNodes.push(this.#node(part, depth))
      if (part.number === 5) this.#others.push(this.#tensor(part))
      if (part.number === 15) this.#others.push(this.#sparse(part))
    }
  }

  #node({ offset, start, end }: PlacedField, depth: number): ModelNode {
    if (++this.#nodes > MAX_MODEL_NODES) throw this.#over(offset, `at most ${MAX_MODEL_NODES} nodes`, 'more')
    let op = ''
    const inputs: string[] = []
    const outputs: string[] = []
    const integers: Record<string, readonly number[]> = {}
    const tensors: Record<string, ModelTensor> = {}
    for (const field of messages(this.#bytes, start, end)) {
      if (field.number === 1) inputs.push(this.#text(field))
      if (field.number === 2) outputs.push(this.#text(field))
      if (field.number === 4) op = this.#text(field)
      if (field.number !== 5) continue
      const { name, numbers, tensor } = this.#attribute(field, depth)
      if (numbers.length > 0) integers[name] = numbers
      if (tensor !== undefined) tensors[name] = tensor
    }
    return { op, inputs, outputs, integers, tensors }
  }

  #attribute({ start, end }: PlacedField, depth: number) {
    let name = ''
    const numbers: number[] = []
    let tensor: ModelTensor | undefined
    for (const field of placedFields(this.#bytes, start, end)) {
      if (field.number === 1) name = this.#text(field)
      if (field.number === 3 || field.number === 8) for (const value of this.#integers(field)) numbers.push(value)
      if (field.wireType !== 2) continue
      if (field.number === 5 || field.number === 10) {
        tensor = this.#tensor(field)
        this.#others.push(tensor)
      }
      if (field.number === 6 || field.number === 11) this.#within(field, depth + 1)
      if (field.number === 22 || field.number === 23) this.#others.push(this.#sparse(field))
    }
    return { name, numbers, tensor }
  }

  #sparse(field: PlacedField): ModelTensor {
    let values: ModelTensor | undefined
    const shape: number[] = []
    for (const part of placedFields(this.#bytes, field.start, field.end)) {
      if (part.number === 1 && part.wireType === 2) values = this.#tensor(part)
      if (part.number === 2 && part.wireType === 2) this.#others.push(this.#tensor(part))
      if (part.number === 3) this.#addExtents(shape, part)
    }
    if (values !== undefined) this.#others.push(values)
    return { ...(values ?? this.#tensor({ ...field, end: field.start })), shape, sparse: true, values: undefined }
  }

  #tensor({ offset, start, end }: PlacedField): ModelTensor {
    let [name, type] = ['', 0]
    const shape: number[] = []
    const listed: PlacedField[] = []
    const external: Record<string, string> = {}
    let isExternal = false
    let raw: PlacedField | undefined
    for (const field of placedFields(this.#bytes, start, end)) {
      if (field.number === 1) this.#addExtents(shape, field)
      if (field.number === 2 && field.wireType === 0) type = Number(integerOf(this.#bytes, field))
      if (field.number === 8) name = this.#text(field)
      if (field.number === 9 && field.wireType === 2) raw = field
      if ([4, 5, 7, 10, 11].includes(field.number)) listed.push(field)
      if (field.number === 13 && field.wireType === 2) Object.assign(external, this.#entry(field))
      if (field.number === 14 && field.wireType === 0) isExternal = integerOf(this.#bytes, field) === 1n
    }
    const size = shape.reduce((product, extent) => product * extent, 1)
    const few = !isExternal && size >= 0 && size <= MAX_SMALL_TENSOR
    const values = few ? this.#values(type, size, raw, listed) : undefined
    return {
      name,
      offset,
      type,
      shape,
      sparse: false,
      rawBytes: raw && raw.end - raw.start,
      listed: listed.length > 0,
      external: isExternal ? external : undefined,
      values,
    }
  }

  #values(
    type: number,
    size: number,
    raw: PlacedField | undefined,
    listed: readonly PlacedField[],
  ): number[] | undefined {
    if (raw !== undefined) {
      const read = READ_RAW[type]
      if (read === undefined || raw.end - raw.start > 8 * MAX_SMALL_TENSOR) return undefined
      const values = read(Buffer.from(this.#bytes.read(raw.start, raw.end - raw.start)))
      return values.length === size ? values : undefined
    }
    const values = listed.flatMap(field => this.#listedValues(field, type))
    return values.length === size ? values : undefined
  }

  /** A list of values is packed into one field as a rule; each may also have a field of its own. */
  #listedValues(field: PlacedField, type: number): number[] {
    const { number, wireType, start, end } = field
    if (number === 4 || number === 10) {
      if (end - start > 8 * MAX_SMALL_TENSOR) return []
      const bytes = Buffer.from(this.#bytes.read(start, end - start))
      return number === 4 ? READ_RAW[FLOAT]!(bytes) : READ_RAW[DOUBLE]!(bytes)
    }
    if (wireType !== 0 && end - start > 10 * MAX_SMALL_TENSOR) return []
    const values = this.#integers(field)
    return type === FLOAT16 ? [...fromFloat16(Uint16Array.from(values))] : values
  }

  #output({ start, end }: PlacedField): ModelGraph['outputs'][number] {
    let name = ''
    let type: number | undefined
    for (const field of messages(this.#bytes, start, end)) {
      if (field.number === 1) name = this.#text(field)
      if (field.number !== 2) continue
      for (const kind of messages(this.#bytes, field.start, field.end))
        if (kind.number === 1)
          for (const part of placedFields(this.#bytes, kind.start, kind.end))
            if (part.number === 1 && part.wireType === 0) type = Number(integerOf(this.#bytes, part))
    }
    return { name, type }
  }

  #entry({ start, end }: PlacedField): Record<string, string> {
    const entry = ['', '']
    for (const field of messages(this.#bytes, start, end))
      if (field.number === 1 || field.number === 2) entry[field.number - 1] = this.#text(field)
    return { [entry[0]!]: entry[1]! }
  }

  #addExtents(shape: number[], field: PlacedField): void {
    for (const extent of this.#integers(field)) shape.push(extent)
    if (shape.length > MAX_TENSOR_AXES)
      throw this.#over(field.offset, `a shape of at most ${MAX_TENSOR_AXES} axes`, `${shape.length}`)
  }

  #integers(field: PlacedField): number[] {
    if (field.wireType === 0) return [Number(integerOf(this.#bytes, field))]
    return field.wireType === 2 ? packedIntegers(this.#bytes, this.#bounded(field)).map(Number) : []
  }

  #text(field: PlacedField): string {
    return textOf(this.#bytes, this.#bounded(field))
  }

  #bounded(field: PlacedField): PlacedField {
    const size = field.end - field.start
    if (size > MAX_NODE_FIELD_BYTES)
      throw this.#over(field.offset, `a field of at most ${MAX_NODE_FIELD_BYTES} bytes`, `${size}`)
    return field
  }

  #over(offset: number, expected: string, found: string): DataError {
    return new DataError({ file: this.#bytes.file, offset, expected, found })
  }
}

/** TensorProto.DataType */
const [FLOAT, FLOAT16, DOUBLE] = [1, 10, 11]

/** Values of raw data, little-endian, by their type's number. */
const READ_RAW: Readonly<Record<number, (bytes: Buffer) => number[]>> = {
  [FLOAT]: bytes => each(bytes, 4, at => bytes.readFloatLE(at)),
  2: bytes => [...bytes],
  3: bytes => each(bytes, 1, at => bytes.readInt8(at)),
  6: bytes => each(bytes, 4, at => bytes.readInt32LE(at)),
  7: bytes => each(bytes, 8, at => Number(bytes.readBigInt64LE(at))),
  [FLOAT16]: bytes => [...fromFloat16(Uint16Array.from(each(bytes, 2, at => bytes.readUInt16LE(at))))],
  [DOUBLE]: bytes => each(bytes, 8, at => bytes.readDoubleLE(at)),
}

function each(bytes: Buffer, size: number, read: (at: number) => number): number[] {
  return Array.from({ length: Math.floor(bytes.length / size) }, (_, i) => read(i * size))
}

function* messages(bytes: ModelBytes, start: number, end: number): Generator<PlacedField> {
  for (const field of placedFields(bytes, start, end)) if (field.wireType === 2) yield field
}
