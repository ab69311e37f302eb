/** Data maps to what MXNet puts into a record: the other way of `unpack-record.ts`, where the layout is. */

import { type DataMap, type Label, type Tensor, tensorValues } from '@tiny-face/record-stream'
import { DataError } from '@tiny-face/safe-files'
import { IR_HEADER_BYTES, labelOf, type RecordIOFields } from './unpack-record.js'

const MAX_LABEL = 2 ** 24
const NOTHING = new Uint8Array(0)

/** A record in two pieces, one after the other: a copy of neither. */
export interface PackedRecord {
  header: Uint8Array
  payload: Uint8Array
}

/**
 * Restores the record that a data map with a `recordio` field was read from, byte for byte. A `label` that a stage changed
 * on the way takes the place of the record's own.
 *
 * @throws DataError where fields are missing or do not fit one another
 */
export function packCarried(record: DataMap): PackedRecord {
  const recordio = record.recordio as RecordIOFields
  if (typeof recordio !== 'object' || recordio === null)
    throw new DataError({ expected: 'a map recordio', found: `${recordio}` })
  const payload = bytesOf(record.image ?? record.payload ?? NOTHING)
  const { flag, id = 0, id2 = 0 } = recordio
  if (flag === undefined) return { header: NOTHING, payload }
  const { label } = record
  if (label !== undefined && !isSame(label, labelOf(recordio))) {
    return { header: packIRHeader(labelBytes(label), id, id2), payload }
  }
  const count = Number.isInteger(flag) && flag > 0 ? flag : 1
  const labels = floatBytes(recordio.label, count)
  if (flag === 0 || count === flag) {
    const first = recordio.first === undefined ? undefined : floatBytes(recordio.first, 1)
    return { header: packIRHeader({ flag, labels, first }, id, id2), payload }
  }
  throw new DataError({ expected: 'a recordio flag that counts labels', found: String(flag) })
}

/**
 * A record for an image that came from elsewhere.
 *
 * @throws DataError where the data map has no image or no label, or the label is one that float32 does not hold
 */
export function packImage({ image, label }: DataMap, id: number): PackedRecord {
  if (image === undefined) throw new DataError({ expected: 'an image', found: 'a record without one' })
  if (label === undefined) throw new DataError({ expected: 'a label', found: 'an image without one' })
  return { header: packIRHeader(labelBytes(label), id, 0), payload: bytesOf(image) }
}

/** A header or identity row: the keys from `start` to before `end`. */
export function packRange(start: number, end: number, id: number): PackedRecord {
  const labels = new Uint8Array(new Float32Array([start, end]).buffer)
  return { header: packIRHeader({ flag: 2, labels }, id, 0), payload: NOTHING }
}

interface Labels {
  flag: number
  /** Float32, little-endian: one where flag is 0, else `flag` of them. */
  labels: Uint8Array
  /** IRHeader's own label field where flag is not 0. */
  first?: Uint8Array | undefined
}

function packIRHeader({ flag, labels, first }: Labels, id: number | bigint, id2: number | bigint): Uint8Array {
  const header = new Uint8Array(IR_HEADER_BYTES + 4 * flag)
  const view = new DataView(header.buffer)
  view.setUint32(0, flag, true)
  if (flag === 0) header.set(labels, 4)
  else {
    if (first !== undefined) header.set(first, 4)
    header.set(labels, IR_HEADER_BYTES)
  }
  setId(view, 8, id)
  setId(view, 16, id2)
  return header
}

function setId(view: DataView, at: number, id: number | bigint): void {
  if (typeof id === 'number' && id >= 0 && Number.isSafeInteger(id)) {
    view.setUint32(at, id % 2 ** 32, true)
    view.setUint32(at + 4, Math.floor(id / 2 ** 32), true)
  } else if (typeof id === 'bigint' && id >= 0n && id < 2n ** 64n) view.setBigUint64(at, id, true)
  else throw new DataError({ expected: 'a recordio id of 64 bits', found: String(id) })
}

function labelBytes(label: Label): Labels {
  if (typeof label === 'number' || typeof label === 'bigint') return { flag: 0, labels: float32(Number(label)) }
  if (!isTensor(label)) throw new DataError({ expected: 'a label that is a number or a tensor', found: typeof label })
  // The copy is aligned, whatever the wire made of it.
  const values = Array.from(tensorValues({ ...label, data: Uint8Array.from(label.data) }), Number)
  if (values.length === 0) throw new DataError({ expected: 'at least one label', found: 'an empty tensor' })
  return { flag: values.length, labels: Buffer.concat(values.map(float32)) }
}

function float32(label: number): Uint8Array {
  if (Number.isInteger(label) && Math.abs(label) > MAX_LABEL && Math.fround(label) !== label) {
    throw new DataError({
      expected: `a label that a float32 holds (whole numbers to ${MAX_LABEL})`,
      found: String(label),
    })
  }
  const bytes = new Uint8Array(4)
  new DataView(bytes.buffer).setFloat32(0, label, true)
  return bytes
}

function floatBytes(tensor: Tensor | undefined, count: number): Uint8Array {
  if (!isTensor(tensor) || tensor.dtype !== 'float32') {
    throw new DataError({ expected: 'recordio labels: a tensor of float32', found: typeof tensor })
  }
  if (tensor.data.byteLength === 4 * count) return tensor.data
  throw new DataError({ expected: `${4 * count} bytes of recordio labels`, found: `${tensor.data.byteLength}` })
}

function bytesOf(value: unknown): Uint8Array {
  if (value instanceof Uint8Array) return value
  throw new DataError({ expected: 'an image or payload of bytes', found: typeof value })
}

function isTensor(value: unknown): value is Tensor {
  if (typeof value !== 'object' || value === null || !('data' in value) || !('shape' in value)) return false
  return value.data instanceof Uint8Array && Array.isArray(value.shape)
}

/** The wire tells 0 from -0 no more than a stage does. */
function isSame(label: Label, source: Label | undefined): boolean {
  if (!isTensor(label) || !isTensor(source)) return label === source || Object.is(label, source)
  return label.dtype === source.dtype && Buffer.compare(label.data, source.data) === 0
}
