/*
 * Writes small ONNX models for tests: the few messages of onnx.proto that a graph of plain operators needs. Field numbers:
 *
 *   ModelProto      1 ir_version  7 graph  8 opset_import {2 version}  14 metadata_props {1 key, 2 value}
 *   GraphProto      1 node  2 name  5 initializer  11 input  12 output
 *   NodeProto       1 input  2 output  4 op_type  5 attribute {1 name, 3 i, 5 t, 6 g, 8 ints, 20 type}
 *   TensorProto     1 dims  2 data_type  8 name  9 raw_data  13 external_data {1 key, 2 value}  14 data_location
 *   ValueInfoProto  1 name  2 type {1 tensor_type {1 elem_type, 2 shape {1 dim {1 dim_value, 2 dim_param}}}}
 */
export const ELEMENT_TYPES = {
  float32: 1,
  uint8: 2,
  int8: 3,
  uint16: 4,
  int16: 5,
  int32: 6,
  int64: 7,
  string: 8,
  bool: 9,
  float16: 10,
  float64: 11,
  uint32: 12,
  uint64: 13,
  bfloat16: 16,
} as const
const IR_VERSION = 8
const OPSET = 17
const ATTRIBUTE_INT = 2
const ATTRIBUTE_TENSOR = 4
const ATTRIBUTE_GRAPH = 5
const ATTRIBUTE_INTS = 7

export interface ModelValue {
  name: string
  dtype: keyof typeof ELEMENT_TYPES
  /** A string is the name of a dimension that may be any size. */
  shape: (number | string)[]
}

export interface ModelNode {
  op: string
  inputs: string[]
  outputs: string[]
  /** An integer, a list of them, a tensor, or a graph within. */
  attributes?: Record<string, number | number[] | ModelConstant | ModelGraph>
}

export interface ModelConstant {
  /** That of the data where left out: an array of 16 bits may be float16, one of 8 bits bool. */
  dtype?: keyof typeof ELEMENT_TYPES
  shape: number[]
  data: ArrayBufferView
  /** `location`, `offset`, `length` of data in a file beside the model: then nothing of `data` is written. */
  external?: Record<string, string>
}

export interface ModelGraph {
  inputs: ModelValue[]
  outputs: ModelValue[]
  nodes: ModelNode[]
  constants?: Record<string, ModelConstant>
}

export interface ModelSpec extends ModelGraph {
  metadata?: Record<string, string>
}

export function onnxModel({ metadata = {}, ...graph }: ModelSpec): Uint8Array {
  return modelOf(graphProto(graph), metadata)
}

/** A model of a graph that is already written: what a test made wrong on purpose. */
export function modelOf(graph: Uint8Array[], metadata: Record<string, string> = {}): Uint8Array {
  return Buffer.concat([
    whole(1, IR_VERSION),
    message(7, graph),
    message(8, [whole(2, OPSET)]),
    ...Object.entries(metadata).map(([key, value]) => message(14, [text(1, key), text(2, value)])),
  ])
}

export function graphProto({ inputs, outputs, nodes, constants = {} }: ModelGraph): Uint8Array[] {
  return [
    ...nodes.map(node => message(1, nodeProto(node))),
    text(2, 'test'),
    ...Object.entries(constants).map(([name, constant]) => message(5, tensorProto(name, constant))),
    ...inputs.map(value => message(11, valueInfo(value))),
    ...outputs.map(value => message(12, valueInfo(value))),
  ]
}

export function tensorProto(name: string, { dtype, shape, data, external }: ModelConstant): Uint8Array[] {
  const type = dtype ?? (data.constructor.name.replace(/^Big|Array$/g, '').toLowerCase() as keyof typeof ELEMENT_TYPES)
  return [
    ...shape.map(size => whole(1, size)),
    whole(2, ELEMENT_TYPES[type]),
    text(8, name),
    ...(external === undefined
      ? [bytes(9, new Uint8Array(data.buffer, data.byteOffset, data.byteLength))]
      : [...Object.entries(external).map(([key, value]) => message(13, [text(1, key), text(2, value)])), whole(14, 1)]),
  ]
}

function nodeProto({ op, inputs, outputs, attributes = {} }: ModelNode): Uint8Array[] {
  return [
    ...inputs.map(name => text(1, name)),
    ...outputs.map(name => text(2, name)),
    text(4, op),
    ...Object.entries(attributes).map(([name, value]) => message(5, [text(1, name), ...attributeValue(value)])),
  ]
}

function attributeValue(value: NonNullable<ModelNode['attributes']>[string]): Uint8Array[] {
  if (typeof value === 'number') return [whole(3, value), whole(20, ATTRIBUTE_INT)]
  if (Array.isArray(value)) return [...value.map(i => whole(8, i)), whole(20, ATTRIBUTE_INTS)]
  if ('nodes' in value) return [message(6, graphProto(value)), whole(20, ATTRIBUTE_GRAPH)]
  return [message(5, tensorProto('', value)), whole(20, ATTRIBUTE_TENSOR)]
}

export function valueInfo({ name, dtype, shape }: ModelValue): Uint8Array[] {
  const dimensions = shape.map(size => message(1, [typeof size === 'number' ? whole(1, size) : text(2, size)]))
  return [text(1, name), message(2, [message(1, [whole(1, ELEMENT_TYPES[dtype]), message(2, dimensions)])])]
}

export function message(field: number, parts: Uint8Array[]): Uint8Array {
  return bytes(field, Buffer.concat(parts))
}

export function text(field: number, value: string): Uint8Array {
  return bytes(field, Buffer.from(value))
}

export function bytes(field: number, value: Uint8Array): Uint8Array {
  return Buffer.concat([varint(field * 8 + 2), varint(value.length), value])
}

export function whole(field: number, value: number): Uint8Array {
  return Buffer.concat([varint(field * 8), varint(value)])
}

/** Negative numbers take ten bytes, as protobuf writes an int64. */
export function varint(value: number): Uint8Array {
  const digits: number[] = []
  if (value < 0) {
    let left = BigInt.asUintN(64, BigInt(value))
    for (; left >= 0x80n; left >>= 7n) digits.push(Number(left % 128n) | 0x80)
    return Uint8Array.from([...digits, Number(left)])
  }
  for (; value >= 0x80; value = Math.floor(value / 128)) digits.push((value % 128) | 0x80)
  return Uint8Array.from([...digits, value])
}
