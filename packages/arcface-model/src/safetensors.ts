/**
 * safetensors, the file of named tensors (https://github.com/huggingface/safetensors):
 *
 *     8 bytes    length of the header, uint64 little-endian
 *     header     JSON: {"NAME": {"dtype": "F32", "shape": [3, 3, 3, 64], "data_offsets": [0, 6912]}, …}, padded with spaces
 *     data       the tensors, one after another, little-endian, row by row; offsets count from here
 */
import { createHash, type Hash } from 'node:crypto'
import { closeSync, fstatSync, openSync, readSync } from 'node:fs'
import { AtomicFile, DataError } from '@tiny-face/safe-files'

/** The longest header that is read: the limit of the reference implementation. */
export const MAX_HEADER_BYTES = 100_000_000
const LENGTH_BYTES = 8
const ALIGNMENT = 8
/** What goes into one call of the system: a tensor may have more than the 2 GiB that a call takes. */
const PIECE_BYTES = 256 * 2 ** 20

export interface NamedTensor {
  readonly shape: readonly number[]
  readonly values: Float32Array
}

/**
 * Writes float32 tensors; the file has its name only once it is whole.
 *
 * @returns the SHA-256 of its bytes, in hexadecimal
 */
export function writeSafetensors(path: string, tensors: ReadonlyMap<string, NamedTensor>): string {
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
  const hash = createHash('sha256')
  try {
    for (const piece of [start, ...[...tensors.values()].flatMap(({ values }) => pieces(values))]) {
      hash.update(piece)
      file.write(piece)
    }
    file.commit()
    return hash.digest('hex')
  } finally {
    file.abort()
  }
}

/** The bytes of a tensor, not copied. */
function pieces({ buffer, byteOffset, byteLength }: Float32Array): Uint8Array[] {
  const count = Math.ceil(byteLength / PIECE_BYTES)
  return Array.from({ length: count }, (_, i) => {
    const start = i * PIECE_BYTES
    return new Uint8Array(buffer, byteOffset + start, Math.min(PIECE_BYTES, byteLength - start))
  })
}

/**
 * Reads a file of float32 tensors.
 *
 * @param sha256 of all bytes, in hexadecimal, where it is known
 * @throws DataError where the file is no safetensors, a tensor is not float32, its bytes do not fit its shape or the file, or the
 *   file is not the one whose SHA-256 is known
 */
export function readSafetensors(path: string, sha256?: string): Map<string, NamedTensor> {
  const fd = openSync(path, 'r')
  try {
    const size = fstatSync(fd).size
    if (sha256 !== undefined) {
      const found = hashOf(fd, size)
      if (found !== sha256) throw new DataError({ file: path, expected: `SHA-256 ${sha256}`, found })
    }
    return readTensors(fd, size, path)
  } finally {
    closeSync(fd)
  }
}

function readTensors(fd: number, fileSize: number, path: string): Map<string, NamedTensor> {
  const fault = (expected: string, found: string, offset = 0) => new DataError({ file: path, offset, expected, found })
  if (fileSize < LENGTH_BYTES) throw fault('8 bytes of header length', `${fileSize}`)
  const length = Number(Buffer.from(readBytes(fd, 0, LENGTH_BYTES)).readBigUInt64LE())
  const start = LENGTH_BYTES + length
  if (length > MAX_HEADER_BYTES || start > fileSize) {
    throw fault(`a header within the file's ${fileSize} bytes`, `one of ${length}`)
  }
  const tensors = new Map<string, NamedTensor>()
  const header = parseHeader(Buffer.from(readBytes(fd, LENGTH_BYTES, length)), path)
  for (const [name, entry] of Object.entries(header)) {
    if (name === '__metadata__') continue
    const { dtype, shape, data_offsets: range } = Object(entry) as Record<string, unknown>
    if (dtype !== 'F32') throw fault(`tensor ${name} of F32`, `${dtype}`, LENGTH_BYTES)
    if (!isWholeNumbers(shape) || !isWholeNumbers(range) || range.length !== 2) {
      throw fault(`tensor ${name} with shape and data_offsets`, JSON.stringify(entry), LENGTH_BYTES)
    }
    const [from, to] = range as [number, number]
    const size = 4 * shape.reduce((product, extent) => product * extent, 1)
    if (to - from !== size || start + to > fileSize) {
      throw fault(`${size} bytes of tensor ${name}`, `offsets ${from} to ${to} in ${fileSize - start} bytes`, start)
    }
    tensors.set(name, { shape, values: new Float32Array(readBytes(fd, start + from, size)) })
  }
  return tensors
}

function readBytes(fd: number, position: number, size: number): ArrayBuffer {
  const buffer = new ArrayBuffer(size)
  let read = 0
  for (let count = -1; read < size && count !== 0; read += count)
    count = readSync(fd, new Uint8Array(buffer, read, Math.min(PIECE_BYTES, size - read)), {
      position: position + read,
    })
  if (read < size) throw new Error('the file became shorter while it was read')
  return buffer
}

function hashOf(fd: number, size: number): string {
  const hash: Hash = createHash('sha256')
  for (let position = 0; position < size; position += PIECE_BYTES)
    hash.update(new Uint8Array(readBytes(fd, position, Math.min(PIECE_BYTES, size - position))))
  return hash.digest('hex')
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
