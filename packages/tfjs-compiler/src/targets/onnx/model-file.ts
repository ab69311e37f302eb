/**
 * An ONNX model file: protocol buffers after https://github.com/onnx/onnx/blob/main/onnx/onnx.proto, of which this is the
 * part that a graph of tensors needs.
 *
 *     ModelProto    ir_version, opset_import, metadata_props, graph
 *     GraphProto    node*, name, initializer*, input*, output*
 *     NodeProto     input*, output*, name, op_type, attribute*, domain
 *     TensorProto   dims, data_type, name, raw_data (little-endian)
 *
 * The bytes are written by protobufjs by reflection over the descriptor below: one table to read beside onnx.proto, and it
 * decodes as well, so tests look into models without a second parser.
 */
import protobuf from 'protobufjs'

/** TensorProto.DataType, those that we use. */
export const ELEMENT_TYPES = {
  float32: 1,
  uint8: 2,
  int8: 3,
  int32: 6,
  int64: 7,
  string: 8,
  bool: 9,
  float16: 10,
} as const
export type ElementType = keyof typeof ELEMENT_TYPES

/** The file's own version and that of the standard operators; onnxruntime 1.30 takes both, and so does any since 1.17. */
export const IR_VERSION = 9
export const OPSET = 20

/** An integer or a list of integers, a string, or a float marked as such by `float`. */
export type OnnxAttribute =
  | number
  | readonly number[]
  | string
  | readonly string[]
  | { float: number }
  | { floats: readonly number[] }

/** Marks an attribute as a float: a bare number is an integer. */
export const float = (value: number): OnnxAttribute => ({ float: value })

export interface OnnxNode {
  readonly op: string
  readonly domain: string
  readonly inputs: readonly string[]
  readonly outputs: readonly string[]
  readonly attributes: Readonly<Record<string, OnnxAttribute>>
}

/** A tensor's name, type and shape; a dimension may be a name, as `batch`. */
export interface OnnxValueInfo {
  readonly name: string
  readonly type: ElementType
  readonly shape: readonly (number | string)[]
}

export interface OnnxTensor {
  readonly name: string
  readonly type: ElementType
  readonly shape: readonly number[]
  readonly data: ArrayBufferView
}

export interface OnnxModel {
  readonly name: string
  readonly nodes: readonly OnnxNode[]
  readonly initializers: readonly OnnxTensor[]
  readonly inputs: readonly OnnxValueInfo[]
  readonly outputs: readonly OnnxValueInfo[]
  /** Key to value; goes into the file's `metadata_props`. */
  readonly metadata?: Readonly<Record<string, string>>
}

const repeated = { rule: 'repeated' } as const
const unpacked = { rule: 'repeated', options: { packed: false } } as const

const root = protobuf.Root.fromJSON({
  nested: {
    ModelProto: {
      fields: {
        irVersion: { type: 'int64', id: 1 },
        producerName: { type: 'string', id: 2 },
        graph: { type: 'GraphProto', id: 7 },
        opsetImport: { type: 'OperatorSetIdProto', id: 8, ...repeated },
        metadataProps: { type: 'StringStringEntryProto', id: 14, ...repeated },
      },
    },
    OperatorSetIdProto: { fields: { domain: { type: 'string', id: 1 }, version: { type: 'int64', id: 2 } } },
    StringStringEntryProto: { fields: { key: { type: 'string', id: 1 }, value: { type: 'string', id: 2 } } },
    GraphProto: {
      fields: {
        node: { type: 'NodeProto', id: 1, ...repeated },
        name: { type: 'string', id: 2 },
        initializer: { type: 'TensorProto', id: 5, ...repeated },
        input: { type: 'ValueInfoProto', id: 11, ...repeated },
        output: { type: 'ValueInfoProto', id: 12, ...repeated },
      },
    },
    NodeProto: {
      fields: {
        input: { type: 'string', id: 1, ...repeated },
        output: { type: 'string', id: 2, ...repeated },
        name: { type: 'string', id: 3 },
        opType: { type: 'string', id: 4 },
        attribute: { type: 'AttributeProto', id: 5, ...repeated },
        domain: { type: 'string', id: 7 },
      },
    },
    AttributeProto: {
      fields: {
        name: { type: 'string', id: 1 },
        f: { type: 'float', id: 2 },
        i: { type: 'int64', id: 3 },
        s: { type: 'bytes', id: 4 },
        floats: { type: 'float', id: 7, ...unpacked },
        ints: { type: 'int64', id: 8, ...unpacked },
        strings: { type: 'bytes', id: 9, ...repeated },
        type: { type: 'int32', id: 20 },
      },
    },
    TensorProto: {
      fields: {
        dims: { type: 'int64', id: 1, ...unpacked },
        dataType: { type: 'int32', id: 2 },
        name: { type: 'string', id: 8 },
        rawData: { type: 'bytes', id: 9 },
      },
    },
    ValueInfoProto: { fields: { name: { type: 'string', id: 1 }, type: { type: 'TypeProto', id: 2 } } },
    TypeProto: { fields: { tensorType: { type: 'TensorTypeProto', id: 1 } } },
    TensorTypeProto: { fields: { elemType: { type: 'int32', id: 1 }, shape: { type: 'TensorShapeProto', id: 2 } } },
    TensorShapeProto: { fields: { dim: { type: 'DimensionProto', id: 1, ...repeated } } },
    DimensionProto: { fields: { dimValue: { type: 'int64', id: 1 }, dimParam: { type: 'string', id: 2 } } },
  },
})

const ModelProto = root.lookupType('ModelProto')
const utf8 = new TextEncoder()

/** The bytes of an .onnx file. `com.microsoft` domains are declared where a node uses them. */
export function encodeModel(model: OnnxModel): Uint8Array {
  const domains = new Set(['', ...model.nodes.map(node => node.domain)])
  return ModelProto.encode({
    irVersion: IR_VERSION,
    producerName: 'tiny-face',
    opsetImport: [...domains].map(domain => ({ domain, version: domain === '' ? OPSET : 1 })),
    metadataProps: Object.entries(model.metadata ?? {}).map(([key, value]) => ({ key, value })),
    graph: {
      name: model.name,
      node: model.nodes.map((node, index) => ({
        input: node.inputs,
        output: node.outputs,
        name: `${node.op}_${index}`,
        opType: node.op,
        domain: node.domain,
        attribute: Object.entries(node.attributes).map(([name, value]) => attributeProto(name, value)),
      })),
      initializer: model.initializers.map(tensor => ({
        dims: tensor.shape,
        dataType: ELEMENT_TYPES[tensor.type],
        name: tensor.name,
        rawData: new Uint8Array(tensor.data.buffer, tensor.data.byteOffset, tensor.data.byteLength),
      })),
      input: model.inputs.map(valueInfoProto),
      output: model.outputs.map(valueInfoProto),
    },
  }).finish()
}

/** A file's nodes, initializers, inputs, outputs and metadata, as protobufjs reads them (for tests and tools). */
export function decodeModel(bytes: Uint8Array): DecodedModel {
  return ModelProto.toObject(ModelProto.decode(bytes), { longs: Number, defaults: true, arrays: true }) as DecodedModel
}

export interface DecodedModel {
  opsetImport: { domain: string; version: number }[]
  metadataProps: { key: string; value: string }[]
  graph: {
    node: { opType: string; domain: string; input: string[]; output: string[] }[]
    initializer: { name: string; dims: number[]; dataType: number; rawData: Uint8Array }[]
    input: { name: string; type: { tensorType: { shape: { dim: { dimValue: number; dimParam: string }[] } } } }[]
    output: { name: string; type: { tensorType: { shape: { dim: { dimValue: number; dimParam: string }[] } } } }[]
  }
}

/** AttributeProto with its type code: FLOAT 1, INT 2, STRING 3, FLOATS 6, INTS 7, STRINGS 8. */
function attributeProto(name: string, value: OnnxAttribute): Record<string, unknown> {
  if (typeof value === 'number') return { name, i: value, type: 2 }
  if (typeof value === 'string') return { name, s: utf8.encode(value), type: 3 }
  if ('float' in value) return { name, f: value.float, type: 1 }
  if ('floats' in value) return { name, floats: value.floats, type: 6 }
  if (typeof value[0] === 'string') return { name, strings: value.map(text => utf8.encode(String(text))), type: 8 }
  return { name, ints: value, type: 7 }
}

function valueInfoProto({ name, type, shape }: OnnxValueInfo): Record<string, unknown> {
  const dim = shape.map(extent => (typeof extent === 'string' ? { dimParam: extent } : { dimValue: extent }))
  return { name, type: { tensorType: { elemType: ELEMENT_TYPES[type], shape: { dim } } } }
}
