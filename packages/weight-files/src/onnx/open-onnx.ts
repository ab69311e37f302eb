/*
 * An ONNX model (https://github.com/onnx/onnx/blob/main/onnx/onnx.proto), one protobuf message; the fields that matter here:
 *
 *     ModelProto      7 graph
 *     GraphProto      1 node, 5 initializer
 *     NodeProto       1 input, 2 output, 4 op_type, 5 attribute
 *     AttributeProto  1 name, 2 f, 3 i, 5 t, 8 ints
 *     TensorProto     1 dims, 2 data_type, 4 float_data, 5 int32_data, 8 name, 9 raw_data, 10 double_data, 13 external_data, 14 data_location
 *
 * The numbers of a tensor are in raw_data (little-endian), in float_data, double_data or (of 16 bits) int32_data, or in another file of the model's folder:
 * external_data says `location`, `offset` and `length`. Constant nodes hold tensors as initializers do.
 */
import { integerOf, type PlacedBytes, type PlacedField, placedFields } from '@tiny-face/protobuf-wire'
import { DataError } from '@tiny-face/safe-files'
import type { FileBytes } from '../file-bytes.js'
import { NUMBER_BYTES, type NumberType, toFloat32 } from '../number-types.js'
import { openBeside } from '../open-beside.js'
import { numbersOf } from '../tensor-shape.js'
import { type GraphOperation, noSuchTensor, type TensorInfo, type WeightFile } from '../weight-file.js'
import { MAX_AXES, MAX_LIST_BYTES, MAX_TENSOR_NAME_BYTES, MAX_TENSORS } from '../weight-limits.js'

const TYPES: ReadonlyMap<number, NumberType> = new Map([
  [1, 'float32'],
  [2, 'uint8'],
  [3, 'int8'],
  [5, 'int16'],
  [6, 'int32'],
  [7, 'int64'],
  [9, 'bool'],
  [10, 'float16'],
  [11, 'float64'],
  [16, 'bfloat16'],
])
const EXTERNAL = 1
const RAW_DATA = 9
/** Where else a tensor's numbers may lie. */
const PLACES: readonly { field: number; types: readonly NumberType[]; areVarints?: true }[] = [
  { field: 4, types: ['float32'] },
  { field: 5, types: ['float16', 'bfloat16'], areVarints: true },
  { field: 10, types: ['float64'] },
]

interface StoredTensor extends TensorInfo {
  /** The file beside the model that holds its numbers; the model itself where left out. */
  readonly location?: string
  /** Parts of the file that hold its numbers, in order. */
  readonly parts: readonly { readonly start: number; readonly length: number }[]
  /** They are varints of 16 bits each. */
  readonly areVarints?: true
}

/** @throws DataError where the file is no ONNX model, or a damaged one */
export function openOnnx(bytes: FileBytes): WeightFile {
  const { file } = bytes
  const tensors = new Map<string, StoredTensor>()
  const graph: GraphOperation[] = []
  const keep = (name: string, tensor: StoredTensor | undefined, at: number) => {
    if (tensors.has(name)) throw bytes.error(at, 'names that differ', `two of ${JSON.stringify(name.slice(0, 100))}`)
    if (tensors.size >= MAX_TENSORS) throw bytes.error(at, `at most ${MAX_TENSORS} tensors`, 'more')
    if (tensor !== undefined) tensors.set(name, tensor)
  }
  let hasGraph = false
  for (const field of fieldsOf(bytes, 0, bytes.size)) {
    if (field.number !== 7 || field.wireType !== 2) continue
    hasGraph = true
    for (const { number, wireType, start, end } of fieldsOf(bytes, field.start, field.end)) {
      if (wireType !== 2) continue
      if (number === 5) {
        const { name, tensor } = tensorOf(bytes, start, end)
        keep(name, tensor, start)
      } else if (number === 1) {
        if (graph.length >= MAX_TENSORS) throw bytes.error(start, `at most ${MAX_TENSORS} operations`, 'more')
        const { operation, constant } = operationOf(bytes, start, end)
        graph.push(operation)
        if (constant !== undefined && operation.outputs[0] !== undefined) keep(operation.outputs[0], constant, start)
      }
    }
  }
  if (!hasGraph) throw new DataError({ file, expected: 'an ONNX model', found: 'no graph in it' })
  const beside = new Map<string, FileBytes>()
  const besideModel = (location: string) => {
    const opened = beside.get(location) ?? openBeside(file, location, "external data in the model's folder")
    beside.set(location, opened)
    return opened
  }
  return {
    file,
    format: 'onnx',
    tensors,
    graph,
    read(name) {
      const tensor = tensors.get(name)
      if (tensor === undefined) throw noSuchTensor(file, name)
      const from = tensor.location === undefined ? bytes : besideModel(tensor.location)
      const content = tensor.parts.map(({ start, length }) => from.read(start, length, name))
      const joined = content.length === 1 ? content[0]! : Buffer.concat(content)
      return toFloat32(tensor.areVarints ? fromVarints(bytes, joined, tensor) : joined, tensor.type)
    },
    close() {
      bytes.close()
      for (const other of beside.values()) other.close()
    },
  }
}

function tensorOf(bytes: FileBytes, start: number, end: number): { name: string; tensor: StoredTensor | undefined } {
  let name = ''
  let flag = 0
  let isExternal = false
  const shape: number[] = []
  const fields: PlacedField[] = []
  const external = new Map<string, string>()
  for (const field of fieldsOf(bytes, start, end)) {
    const { number, wireType } = field
    if (number === 1) for (const extent of varints(bytes, field)) if (shape.push(extent) > MAX_AXES) break
    if (number === 2 && wireType === 0) flag = integerOfField(bytes, field)
    if (number === 8 && wireType === 2) name = textOf(bytes, field)
    if (number === 14 && wireType === 0) isExternal = integerOfField(bytes, field) === EXTERNAL
    if (number === 13 && wireType === 2) external.set(...pairOf(bytes, field))
    if (number === RAW_DATA || PLACES.some(place => place.field === number)) fields.push(field)
    if (fields.length > MAX_TENSORS) throw bytes.error(start, `numbers in at most ${MAX_TENSORS} parts`, 'more')
  }
  const type = TYPES.get(flag)
  const fault = (expected: string, found: string): never => {
    throw bytes.error(start, `${expected} of ${JSON.stringify(name.slice(0, 100))}`, found)
  }
  if (type === undefined) return { name, tensor: undefined }
  const length = numbersOf(shape, fault) * NUMBER_BYTES[type]
  if (isExternal) return { name, tensor: { shape, type, ...externalPlace(external, length, fault) } }
  const parts = fields.map(field => ({ start: field.start, length: field.end - field.start }))
  const place = PLACES.find(({ field }) => field === fields[0]?.number)
  if (fields.some(({ number }) => number !== fields[0]!.number) || (place !== undefined && !place.types.includes(type)))
    fault(
      `numbers of ${type} in one place`,
      fields
        .map(({ number }) => `field ${number}`)
        .slice(0, 4)
        .join(', '),
    )
  // Whole numbers may lie in other fields, which no weight is in.
  if (fields.length === 0 && length > 0) return { name, tensor: undefined }
  if (place?.areVarints) return { name, tensor: { shape, type, parts, areVarints: true } }
  const found = parts.reduce((sum, part) => sum + part.length, 0)
  if (found !== length) fault(`${length} bytes of ${type} [${shape.join(', ')}]`, `${found}`)
  return { name, tensor: { shape, type, parts } }
}

function externalPlace(
  external: ReadonlyMap<string, string>,
  length: number,
  fault: (expected: string, found: string) => never,
): Pick<StoredTensor, 'location' | 'parts'> {
  const whole = (text: string | undefined) => (/^\d{1,15}$/.test(text ?? '') ? Number(text) : Number.NaN)
  const start = external.has('offset') ? whole(external.get('offset')) : 0
  const stored = external.has('length') ? whole(external.get('length')) : length
  if (Number.isNaN(start) || stored !== length)
    fault(`${length} bytes of external data`, `offset ${external.get('offset')}, length ${external.get('length')}`)
  return { location: external.get('location') ?? '', parts: [{ start, length }] }
}

function operationOf(
  bytes: FileBytes,
  start: number,
  end: number,
): { operation: GraphOperation; constant: StoredTensor | undefined } {
  const inputs: string[] = []
  const outputs: string[] = []
  const attributes = new Map<string, number | readonly number[]>()
  let operator = ''
  let constant: StoredTensor | undefined
  for (const field of fieldsOf(bytes, start, end)) {
    if (field.wireType !== 2) continue
    if (inputs.length + outputs.length + attributes.size > MAX_TENSORS)
      throw bytes.error(start, `at most ${MAX_TENSORS} parts of an operation`, 'more')
    if (field.number === 1) inputs.push(textOf(bytes, field))
    if (field.number === 2) outputs.push(textOf(bytes, field))
    if (field.number === 4) operator = textOf(bytes, field)
    if (field.number !== 5) continue
    const { name, value, tensor } = attributeOf(bytes, field)
    if (value !== undefined) attributes.set(name, value)
    constant ??= tensor
  }
  return {
    operation: { operator, inputs, outputs, attributes },
    constant: operator === 'Constant' ? constant : undefined,
  }
}

function attributeOf(bytes: FileBytes, { start, end }: PlacedField) {
  let name = ''
  let value: number | undefined
  const list: number[] = []
  let tensor: StoredTensor | undefined
  for (const field of fieldsOf(bytes, start, end)) {
    const { number, wireType } = field
    if (number === 1 && wireType === 2) name = textOf(bytes, field)
    if (number === 2 && wireType === 5) value = bytes.peek(field.start, 4, 'a number').readFloatLE()
    if (number === 3 && wireType === 0) value = integerOfField(bytes, field)
    if (number === 5 && wireType === 2) tensor = tensorOf(bytes, field.start, field.end).tensor
    if (number === 8) for (const item of varints(bytes, field)) list.push(item)
    if (list.length > MAX_LIST_BYTES) throw bytes.error(start, `at most ${MAX_LIST_BYTES} whole numbers`, 'more')
  }
  return { name, value: list.length > 0 ? list : value, tensor }
}

/** The fields of a message that lies in `[start, end)` of a file. @throws DataError where there is none */
function fieldsOf(bytes: FileBytes, start: number, end: number): Generator<PlacedField> {
  return placedFields(placed(bytes), start, end)
}

/** The varint of a field; exact up to 2^53. */
function integerOfField(bytes: FileBytes, field: PlacedField): number {
  return Number(integerOf(placed(bytes), field))
}

function placed(bytes: FileBytes): PlacedBytes {
  return {
    file: bytes.file,
    expected: 'an ONNX model',
    read: (offset, length) => bytes.peek(offset, length, 'a field'),
  }
}

/** A repeated whole number: one by one, or packed. */
function varints(bytes: FileBytes, field: PlacedField): number[] {
  const { wireType, start, end } = field
  if (wireType === 0) return [integerOfField(bytes, field)]
  if (wireType !== 2) return []
  if (end - start > MAX_LIST_BYTES)
    throw bytes.error(start, `at most ${MAX_LIST_BYTES} bytes of whole numbers`, `${end - start}`)
  return unpacked(bytes, start, bytes.read(start, end - start, 'whole numbers'))
}

function unpacked(bytes: FileBytes, start: number, packed: Uint8Array): number[] {
  const numbers: number[] = []
  let number = 0n
  let shift = 0n
  for (const byte of packed) {
    number |= BigInt(byte & 0x7f) << shift
    shift += 7n
    if (shift > 70n) throw bytes.error(start, 'varints of at most 10 bytes', 'a longer one')
    if (byte >= 0x80) continue
    numbers.push(Number(BigInt.asIntN(64, number)))
    number = 0n
    shift = 0n
  }
  return numbers
}

/** The bytes of numbers of 16 bits that were written as varints. */
function fromVarints(bytes: FileBytes, packed: Uint8Array, { shape, parts, type }: StoredTensor): Uint8Array {
  const numbers = unpacked(bytes, parts[0]?.start ?? 0, packed)
  const count = shape.reduce((product, extent) => product * extent, 1)
  if (numbers.length !== count || numbers.some(number => number < 0 || number > 0xffff))
    throw bytes.error(parts[0]?.start ?? 0, `${count} numbers of ${type}, 16 bits each`, `${numbers.length}`)
  return new Uint8Array(Uint16Array.from(numbers).buffer)
}

function textOf(bytes: FileBytes, { start, end }: PlacedField): string {
  if (end - start > MAX_TENSOR_NAME_BYTES)
    throw bytes.error(start, `a name of at most ${MAX_TENSOR_NAME_BYTES} bytes`, `${end - start}`)
  return bytes.peek(start, end - start, 'a name').toString('utf8')
}

function pairOf(bytes: FileBytes, { start, end }: PlacedField): [string, string] {
  const pair = ['', '']
  for (const field of fieldsOf(bytes, start, end))
    if (field.wireType === 2 && (field.number === 1 || field.number === 2))
      pair[field.number - 1] = textOf(bytes, field)
  return pair as [string, string]
}
