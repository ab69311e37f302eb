/*
 * Writes small ONNX models for tests: the few messages of onnx.proto that a graph of plain operators needs. Field numbers:
 *
 *   ModelProto      1 ir_version  7 graph  8 opset_import {2 version}  14 metadata_props {1 key, 2 value}
 *   GraphProto      1 node  2 name  5 initializer  11 input  12 output
 *   NodeProto       1 input  2 output  4 op_type  5 attribute {1 name, 3 i, 8 ints, 20 type}
 *   TensorProto     1 dims  2 data_type  8 name  9 raw_data
 *   ValueInfoProto  1 name  2 type {1 tensor_type {1 elem_type, 2 shape {1 dim {1 dim_value, 2 dim_param}}}}
 */
const ELEMENT_TYPES = { float32: 1, uint8: 2, int32: 6, int64: 7, bool: 9, float64: 11 } as const
const IR_VERSION = 8
const OPSET = 17
const ATTRIBUTE_INT = 2
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
  attributes?: Record<string, number | number[]>
}

export interface ModelSpec {
  inputs: ModelValue[]
  outputs: ModelValue[]
  nodes: ModelNode[]
  constants?: Record<string, { shape: number[]; data: Float32Array | BigInt64Array }>
  metadata?: Record<string, string>
}

export function onnxModel({ inputs, outputs, nodes, constants = {}, metadata = {} }: ModelSpec): Uint8Array {
  const graph = [
    ...nodes.map(node => message(1, nodeProto(node))),
    text(2, 'test'),
    ...Object.entries(constants).map(([name, { shape, data }]) =>
      message(5, [
        ...shape.map(size => whole(1, size)),
        whole(2, data instanceof BigInt64Array ? ELEMENT_TYPES.int64 : ELEMENT_TYPES.float32),
        text(8, name),
        bytes(9, new Uint8Array(data.buffer, data.byteOffset, data.byteLength)),
      ]),
    ),
    ...inputs.map(value => message(11, valueInfo(value))),
    ...outputs.map(value => message(12, valueInfo(value))),
  ]
  return Buffer.concat([
    whole(1, IR_VERSION),
    message(7, graph),
    message(8, [whole(2, OPSET)]),
    ...Object.entries(metadata).map(([key, value]) => message(14, [text(1, key), text(2, value)])),
  ])
}

function nodeProto({ op, inputs, outputs, attributes = {} }: ModelNode): Uint8Array[] {
  return [
    ...inputs.map(name => text(1, name)),
    ...outputs.map(name => text(2, name)),
    text(4, op),
    ...Object.entries(attributes).map(([name, value]) =>
      message(
        5,
        Array.isArray(value)
          ? [text(1, name), ...value.map(i => whole(8, i)), whole(20, ATTRIBUTE_INTS)]
          : [text(1, name), whole(3, value), whole(20, ATTRIBUTE_INT)],
      ),
    ),
  ]
}

function valueInfo({ name, dtype, shape }: ModelValue): Uint8Array[] {
  const dimensions = shape.map(size => message(1, [typeof size === 'number' ? whole(1, size) : text(2, size)]))
  return [text(1, name), message(2, [message(1, [whole(1, ELEMENT_TYPES[dtype]), message(2, dimensions)])])]
}

function message(field: number, parts: Uint8Array[]): Uint8Array {
  return bytes(field, Buffer.concat(parts))
}

function text(field: number, value: string): Uint8Array {
  return bytes(field, Buffer.from(value))
}

function bytes(field: number, value: Uint8Array): Uint8Array {
  return Buffer.concat([varint(field * 8 + 2), varint(value.length), value])
}

function whole(field: number, value: number): Uint8Array {
  return Buffer.concat([varint(field * 8), varint(value)])
}

function varint(value: number): Uint8Array {
  const digits: number[] = []
  for (; value >= 0x80; value = Math.floor(value / 128)) digits.push((value % 128) | 0x80)
  return Uint8Array.from([...digits, value])
}
