/**
 * What MXNet puts into a record (python/mxnet/recordio.py `pack` and `unpack`, struct `IfQQ`; src/io/image_recordio.h), all
 * little-endian:
 *
 *     uint32    flag               0, or the number of labels that follow
 *     float32   label              the label where flag is 0; else 0, or (im2rec.cc) the first of the labels
 *     uint64    id
 *     uint64    id2
 *     float32   labels[flag]
 *     byte      payload            an encoded image
 *
 * Nothing in a record says that it is laid out so; `recognise` decides by what it holds.
 *
 * insightface's datasets (face2rec2.py, image_iter.py) put three kinds of rows into a file, each under its key:
 *
 *     0                      header: flag 2, labels [S, E], no payload: where the keys of the identity rows begin and end
 *     1 … S - 1              images, identity by identity
 *     S … E - 1              identities: flag 2, labels [first, end] of the keys of its images, no payload
 *
 * The header is the first record or, as face2rec2.py writes it, the one after the images: it is known by its key or its id.
 */
import { type ImageFormat, imageFormat } from '@tiny-face/file-signatures'
import { type DataMap, isTensor, type Label, type RecordIO, type Tensor, tensorValues } from '@tiny-face/record-stream'
import { DataError, type RecordId } from '@tiny-face/safe-files'

export const IR_HEADER_BYTES = 24
/** A header or identity row: two labels, nothing else. */
export const RANGE_ROW_BYTES = IR_HEADER_BYTES + 8

/** `RecordIO` of a data map, and the one thing more that a record of im2rec.cc holds. */
export interface RecordIOFields extends RecordIO {
  /** IRHeader's own label field, float32 `[1]`, where labels follow and it is not 0 all the same. */
  first?: Tensor
}

/** Float32 holds whole numbers exactly up to here. */
const MAX_LABEL = 2 ** 24
const NOTHING = new Uint8Array(0)

const word = new Uint32Array(1)
const float = new Float32Array(word.buffer)

/** The keys from `start` to before `end`: of a header row those of the identity rows, of an identity row those of its images. */
export interface KeyRange {
  start: number
  end: number
}

/** Records of one file as data maps. Bytes in a map are views of the record. */
export class RecordUnpacker {
  readonly #all: boolean
  #insightface: boolean
  #hadHeader = false
  readonly #leftOut = new Map<ImageFormat | undefined, number>()

  /**
   * @param all every record with its `recordio` field, instead of just the images
   * @param insightface whether the file is known to have a header row, before it was met
   */
  constructor(all = false, insightface = false) {
    this.#all = all
    this.#insightface = insightface
  }

  /** How many records were left out, by the format that their payload has: no JPEG or PNG, and no header or identity row either. */
  get leftOut(): ReadonlyMap<ImageFormat | undefined, number> {
    return this.#leftOut
  }

  /** @returns undefined where the record is no image and only images are wanted */
  unpack(record: Uint8Array, id: RecordId): DataMap | undefined {
    if (this.#all) return unpackRecord(record, id, this.#rangeRole(record, id))
    const image = unpackImage(record, id)
    if (image === undefined && this.#rangeRole(record, id) === undefined) this.#countLeftOut(record)
    return image
  }

  #countLeftOut(record: Uint8Array): void {
    const format = record.length < IR_HEADER_BYTES ? undefined : imageFormat(record, payloadStart(record))
    this.#leftOut.set(format, (this.#leftOut.get(format) ?? 0) + 1)
  }

  /** What a record is that has the form of a header or identity row. */
  #rangeRole(record: Uint8Array, id: RecordId): 'header' | 'identity' | undefined {
    if (!isRangeRow(record)) return undefined
    if (!this.#hadHeader && readKeyRange(record) !== undefined && (id === 0 || idAt(record, 8) === 0)) {
      this.#hadHeader = true
      this.#insightface = true
      return 'header'
    }
    return this.#insightface ? 'identity' : undefined
  }
}

/** What only MXNet knows of the record goes into `recordio`: with it the record can be restored byte for byte. */
function unpackRecord(record: Uint8Array, id: RecordId, rangeRole: 'header' | 'identity' | undefined): DataMap {
  const role = rangeRole ?? recognise(record)
  if (role === undefined) return { id, payload: record, recordio: { role: 'raw' } }
  const recordio = readIRHeader(record, role)
  if (role === 'header' || role === 'identity') return { id, recordio }
  const payload = record.subarray(payloadStart(record))
  const label = labelOf(recordio)
  return role === 'image' ? { id, label, image: payload, recordio } : { id, label, payload, recordio }
}

/** Nothing but what a stage that knows no RecordIO can use. */
function unpackImage(record: Uint8Array, id: RecordId): DataMap | undefined {
  if (record.length < IR_HEADER_BYTES) return undefined
  const start = payloadStart(record)
  if (!isImage(record, start)) return undefined
  const image = new Uint8Array(record.buffer, record.byteOffset + start, record.length - start)
  return { id, label: readLabel(record), image }
}

/**
 * The keys that a header row or an identity row says; which of the two it is its labels do not tell.
 *
 * @returns undefined where the record is neither
 */
export function readKeyRange(record: Uint8Array): KeyRange | undefined {
  if (!isRangeRow(record)) return undefined
  const start = floatAt(record, IR_HEADER_BYTES)
  const end = floatAt(record, IR_HEADER_BYTES + 4)
  return Number.isInteger(start) && Number.isInteger(end) && start >= 1 && end >= start ? { start, end } : undefined
}

/**
 * An image is known by the signature of JPEG or PNG where the payload would begin. Anything else is taken to have an
 * IRHeader if one is plausible there: its labels fit into the record and are finite, and its id is one that people give
 * (below 2^53; eight bytes of other data are most often more).
 */
function recognise(record: Uint8Array): 'image' | 'raw' | undefined {
  if (record.length < IR_HEADER_BYTES) return undefined
  const start = payloadStart(record)
  if (isImage(record, start)) return 'image'
  if (start > record.length || typeof idAt(record, 8) === 'bigint') return undefined
  return hasFiniteLabels(record) ? 'raw' : undefined
}

function hasFiniteLabels(record: Uint8Array): boolean {
  const start = payloadStart(record)
  if (start === IR_HEADER_BYTES) return Number.isFinite(floatAt(record, 4))
  for (let at = IR_HEADER_BYTES; at < start; at += 4) if (!Number.isFinite(floatAt(record, at))) return false
  return true
}

/** Whether a record has the form of a header or identity row. */
function isRangeRow(record: Uint8Array): boolean {
  return record.length === RANGE_ROW_BYTES && wordAt(record, 0) === 2
}

function payloadStart(record: Uint8Array): number {
  return IR_HEADER_BYTES + 4 * wordAt(record, 0)
}

/** The formats that MXNet's datasets are in and that all our tools decode. */
function isImage(bytes: Uint8Array, at: number): boolean {
  const format = imageFormat(bytes, at)
  return format === 'jpeg' || format === 'png'
}

function readIRHeader(record: Uint8Array, role: RecordIO['role']): RecordIOFields {
  const flag = wordAt(record, 0)
  const first = floats(record, 4, 1)
  const label = flag === 0 ? first : floats(record, IR_HEADER_BYTES, flag)
  const recordio: RecordIOFields = { role, flag, label, id: idAt(record, 8), id2: idAt(record, 16) }
  if (flag > 0 && wordAt(record, 4) !== 0) recordio.first = first
  return recordio
}

/** The label as stages know it: a number where there is one, whole or not; a tensor where there are more. */
function readLabel(record: Uint8Array): Label {
  const flag = wordAt(record, 0)
  if (flag === 0) return floatAt(record, 4)
  return flag === 1 ? floatAt(record, IR_HEADER_BYTES) : floats(record, IR_HEADER_BYTES, flag)
}

/** The first label: the person. All that is looked at are a record's first `IR_HEADER_BYTES` + 4 bytes. */
export function firstLabel(record: Uint8Array): number {
  return floatAt(record, wordAt(record, 0) === 0 ? 4 : IR_HEADER_BYTES)
}

/** The same from a data map's `recordio`. */
export function labelOf({ label }: RecordIO): Label | undefined {
  return label?.data?.byteLength === 4 ? floatAt(label.data, 0) : label
}

// The other way: data maps to records

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
 * @throws DataError where the data map has no JPEG or PNG or no label, or the label is one that float32 does not hold
 */
export function packImage({ image, label }: DataMap, id: number): PackedRecord {
  if (image === undefined) throw new DataError({ expected: 'an image', found: 'a record without one' })
  if (label === undefined) throw new DataError({ expected: 'a label', found: 'an image without one' })
  if (!isImage(bytesOf(image), 0)) {
    const format = imageFormat(image)?.toUpperCase()
    throw new DataError({ expected: 'a JPEG or PNG', found: format ?? 'bytes that are no image' })
  }
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

/** The wire tells 0 from -0 no more than a stage does. */
function isSame(label: Label, source: Label | undefined): boolean {
  if (!isTensor(label) || !isTensor(source)) return label === source || Object.is(label, source)
  return label.dtype === source.dtype && Buffer.compare(label.data, source.data) === 0
}

// Bytes

function floats(record: Uint8Array, at: number, count: number): Tensor {
  return { dtype: 'float32', shape: [count], data: record.subarray(at, at + 4 * count) }
}

function wordAt(bytes: Uint8Array, at: number): number {
  return (bytes[at]! | (bytes[at + 1]! << 8) | (bytes[at + 2]! << 16) | (bytes[at + 3]! << 24)) >>> 0
}

function floatAt(bytes: Uint8Array, at: number): number {
  word[0] = wordAt(bytes, at)
  return float[0]!
}

/** A Number up to 2^53 - 1, a BigInt beyond. */
function idAt(bytes: Uint8Array, at: number): number | bigint {
  const low = wordAt(bytes, at)
  const high = wordAt(bytes, at + 4)
  return high < 2 ** 21 ? high * 2 ** 32 + low : (BigInt(high) << 32n) | BigInt(low)
}
