/**
 * safetensors, the file of named tensors (https://github.com/huggingface/safetensors):
 *
 *     8 bytes    length of the header, uint64 little-endian
 *     header     JSON: {"NAME": {"dtype": "F32", "shape": [3, 3, 3, 64], "data_offsets": [0, 6912]}, …}, padded with spaces
 *     data       the tensors, one after another, little-endian, row by row; offsets count from here
 */
import { readFileSync } from 'node:fs'
import { AtomicFile, DataError } from '@tiny-face/record-stream'

/** The longest header that is read: the limit of the reference implementation. */
export const MAX_HEADER_BYTES = 100_000_000
const LENGTH_BYTES = 8
const ALIGNMENT = 8

export interface NamedTensor {
  readonly shape: readonly number[]
  readonly values: Float32Array
}

/** Writes float32 tensors; the file has its name only once it is whole. */
export function writeSafetensors(path: string, tensors: ReadonlyMap<string, NamedTensor>): void {
  let offset = 0
  const header: Record<string, unknown> = {}
  for (const [name, { shape, values }] of tensors) {
    header[name] = { dtype: 'F32', shape, data_offsets: [offset, offset + values.byteLength] }
    offset += values.byteLength
  }
  const json = Buffer.from(JSON.stringify(header))
  const padding = -json.length & (ALIGNMENT - 1)
  const start = Buffer.alloc(LENGTH_BYTES + json.length + padding, ' ')
  start.writeBigUInt64LE(BigInt(json.length + padding))
  json.copy(start, LENGTH_BYTES)
  const file = new AtomicFile(path, { force: true })
  try {
    file.write(start)
    for (const { values } of tensors.values())
      file.write(new Uint8Array(values.buffer, values.byteOffset, values.byteLength))
    file.commit()
  } finally {
    file.abort()
  }
}

/**
 * Reads a file of float32 tensors.
 *
 * @throws DataError where the file is no safetensors, a tensor is not float32, or its bytes do not fit its shape or the file
 */
export function readSafetensors(path: string): Map<string, NamedTensor> {
  const bytes = readFileSync(path)
  const fault = (expected: string, found: string, offset = 0) => new DataError({ file: path, offset, expected, found })
  if (bytes.length < LENGTH_BYTES) throw fault('8 bytes of header length', `${bytes.length}`)
  const length = Number(bytes.readBigUInt64LE())
  const start = LENGTH_BYTES + length
  if (length > MAX_HEADER_BYTES || start > bytes.length) {
    throw fault(`a header within the file's ${bytes.length} bytes`, `one of ${length}`)
  }
  const tensors = new Map<string, NamedTensor>()
  for (const [name, entry] of Object.entries(parseHeader(bytes.subarray(LENGTH_BYTES, start), path))) {
    if (name === '__metadata__') continue
    const { dtype, shape, data_offsets: range } = Object(entry) as Record<string, unknown>
    if (dtype !== 'F32') throw fault(`tensor ${name} of F32`, `${dtype}`, LENGTH_BYTES)
    if (!isWholeNumbers(shape) || !isWholeNumbers(range) || range.length !== 2) {
      throw fault(`tensor ${name} with shape and data_offsets`, JSON.stringify(entry), LENGTH_BYTES)
    }
    const [from, to] = range as [number, number]
    const size = 4 * shape.reduce((product, extent) => product * extent, 1)
    if (to - from !== size || start + to > bytes.length) {
      throw fault(`${size} bytes of tensor ${name}`, `offsets ${from} to ${to} in ${bytes.length - start} bytes`, start)
    }
    const data = Uint8Array.from(bytes.subarray(start + from, start + to))
    tensors.set(name, { shape, values: new Float32Array(data.buffer) })
  }
  return tensors
}

function parseHeader(bytes: Buffer, file: string): Record<string, unknown> {
  try {
    const header: unknown = JSON.parse(bytes.toString())
    if (typeof header === 'object' && header !== null) return header as Record<string, unknown>
  } catch {}
  throw new DataError({
    file,
    offset: LENGTH_BYTES,
    expected: 'a JSON object as header',
    found: JSON.stringify(bytes.toString('latin1', 0, 40)),
  })
}

function isWholeNumbers(value: unknown): value is number[] {
  return Array.isArray(value) && value.every(item => Number.isSafeInteger(item) && item >= 0)
}
