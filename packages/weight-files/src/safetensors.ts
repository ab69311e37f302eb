/**
 * safetensors, the file of named tensors (https://github.com/huggingface/safetensors):
 *
 *     8 bytes    length of the header, uint64 little-endian
 *     header     JSON: {"NAME": {"dtype": "F32", "shape": [3, 3, 3, 64], "data_offsets": [0, 6912]}, …}, padded with spaces
 *     data       the tensors, one after another without gaps, little-endian, row by row; offsets count from here
 */
import { createHash } from 'node:crypto'
import { fileKind, KIND_BYTES } from '@tiny-face/file-signatures'
import { AtomicFile, DataError } from '@tiny-face/safe-files'
import { FileBytes } from './file-bytes.js'
import { NUMBER_BYTES, type NumberType, toFloat32 } from './number-types.js'
import { numbersOf } from './tensor-shape.js'
import { noSuchTensor, type TensorInfo, type WeightFile } from './weight-file.js'
import { MAX_STORED_NUMBERS, MAX_TENSORS } from './weight-limits.js'

/** The longest header that is read: the limit of the reference implementation. */
export const MAX_HEADER_BYTES = 100_000_000
const LENGTH_BYTES = 8
const ALIGNMENT = 8
/** What goes into one call of the system: a tensor may have more than the 2 GiB that a call takes. */
const PIECE_BYTES = 256 * 2 ** 20

const TYPES: ReadonlyMap<unknown, NumberType> = new Map<unknown, NumberType>([
  ['F64', 'float64'],
  ['F32', 'float32'],
  ['F16', 'float16'],
  ['BF16', 'bfloat16'],
  ['I64', 'int64'],
  ['I32', 'int32'],
  ['I16', 'int16'],
  ['I8', 'int8'],
  ['U8', 'uint8'],
  ['BOOL', 'bool'],
])

export interface NamedTensor {
  readonly shape: readonly number[]
  readonly values: Float32Array
}

/** A tensor that is not in memory at once, or not in this process: its numbers come piece by piece. */
export interface TensorInPieces {
  readonly shape: readonly number[]
  /** Called once; what it gives is used before the next is asked for. */
  readonly pieces: () => Iterable<Float32Array>
}

interface StoredTensor extends TensorInfo {
  readonly start: number
  readonly length: number
}

/**
 * Writes float32 tensors; the file has its name only once it is whole.
 *
 * @param options.force replace a file that exists, which it does unless told otherwise
 * @returns the SHA-256 of its bytes, in hexadecimal
 */
export function writeSafetensors(
  path: string,
  tensors: ReadonlyMap<string, NamedTensor | TensorInPieces>,
  { force = true }: { force?: boolean | undefined } = {},
): string {
  let offset = 0
  const header: Record<string, unknown> = {}
  for (const [name, { shape }] of tensors) {
    const bytes = NUMBER_BYTES.float32 * numbersOf(shape, impossible, MAX_STORED_NUMBERS)
    header[name] = { dtype: 'F32', shape, data_offsets: [offset, offset + bytes] }
    offset += bytes
  }
  const json = Buffer.from(JSON.stringify(header))
  const padding = -json.length & (ALIGNMENT - 1)
  const start = Buffer.alloc(LENGTH_BYTES + json.length + padding, ' ')
  start.writeBigUInt64LE(BigInt(json.length + padding))
  json.copy(start, LENGTH_BYTES)
  const file = new AtomicFile(path, { force })
  const hash = createHash('sha256')
  try {
    const write = (bytes: Uint8Array) => {
      hash.update(bytes)
      file.write(bytes)
    }
    write(start)
    for (const [name, tensor] of tensors) {
      const wanted = numbersOf(tensor.shape, impossible, MAX_STORED_NUMBERS)
      let written = 0
      for (const piece of 'values' in tensor ? [tensor.values] : tensor.pieces()) {
        written += piece.length
        bytesOf(piece).forEach(write)
      }
      if (written !== wanted) impossible(`${wanted} numbers for ${name} [${tensor.shape.join(', ')}]`, `${written}`)
    }
    file.commit()
    return hash.digest('hex')
  } finally {
    file.abort()
  }
}

function impossible(expected: string, found: string): never {
  throw new RangeError(`expected ${expected}, found ${found}`)
}

/** The bytes of numbers, not copied. */
function bytesOf({ buffer, byteOffset, byteLength }: Float32Array): Uint8Array[] {
  const count = Math.ceil(byteLength / PIECE_BYTES)
  return Array.from({ length: count }, (_, i) => {
    const start = i * PIECE_BYTES
    return new Uint8Array(buffer, byteOffset + start, Math.min(PIECE_BYTES, byteLength - start))
  })
}

export type RowsOf = (name: string, shape: readonly number[]) => readonly [from: number, to: number] | undefined

/**
 * Reads a file of float32 tensors.
 *
 * @param sha256 of all bytes, in hexadecimal, where it is known
 * @param rowsOf which rows of a tensor are read, from the first to before the last; all where it says nothing
 * @throws DataError where the file is no safetensors, a tensor is not float32, its bytes do not fit its shape or the file, or the
 *   file is not the one whose SHA-256 is known
 */
export function readSafetensors(
  path: string,
  sha256?: string,
  rowsOf: RowsOf = () => undefined,
): Map<string, NamedTensor> {
  const bytes = new FileBytes(path)
  try {
    if (sha256 !== undefined) {
      const found = hashOf(bytes)
      if (found !== sha256) throw new DataError({ file: path, expected: `SHA-256 ${sha256}`, found })
    }
    const tensors = new Map<string, NamedTensor>()
    for (const [name, { shape, type, start, length }] of readHeader(bytes)) {
      if (type !== 'float32') throw bytes.error(LENGTH_BYTES, `tensor ${name} of F32`, type)
      const [count = 1, ...row] = shape
      const [from, to] = rowsOf(name, shape) ?? [0, count]
      const bytesOfRow = count === 0 ? 0 : length / count
      const values = toFloat32(bytes.read(start + bytesOfRow * from, bytesOfRow * (to - from), name), type)
      tensors.set(name, { shape: shape.length === 0 ? [] : [to - from, ...row], values })
    }
    return tensors
  } finally {
    bytes.close()
  }
}

/**
 * Opens a file of tensors of any type.
 *
 * @throws DataError as readSafetensors
 */
export function openSafetensors(bytes: FileBytes): WeightFile {
  const { file } = bytes
  const tensors = readHeader(bytes)
  return {
    file,
    format: 'safetensors',
    tensors,
    read(name) {
      const tensor = tensors.get(name)
      if (tensor === undefined) throw noSuchTensor(file, name)
      return toFloat32(bytes.read(tensor.start, tensor.length, name), tensor.type)
    },
    close: () => bytes.close(),
  }
}

/** A header is a JSON object. */
const BRACE = 0x7b

function readHeader(bytes: FileBytes): Map<string, StoredTensor> {
  const head = bytes.peek(0, Math.min(KIND_BYTES, bytes.size), 'the header')
  if (head.length > LENGTH_BYTES && head[LENGTH_BYTES] !== BRACE)
    throw bytes.error(0, 'a safetensors file', fileKind(head) ?? 'other bytes')
  const length = Number(bytes.read(0, LENGTH_BYTES, "the header's length").readBigUInt64LE())
  const start = LENGTH_BYTES + length
  if (length > MAX_HEADER_BYTES || start > bytes.size)
    throw bytes.error(0, `a header within the file's ${bytes.size} bytes`, `one of ${length}`)
  const header = Object.entries(parseHeader(bytes.read(LENGTH_BYTES, length, 'the header'), bytes.file))
  if (header.length > MAX_TENSORS) throw bytes.error(LENGTH_BYTES, `at most ${MAX_TENSORS} tensors`, `${header.length}`)
  const tensors = new Map<string, StoredTensor>()
  for (const [name, entry] of header) {
    if (name !== '__metadata__') tensors.set(name, storedTensor(bytes, name, entry, start))
  }
  expectNoGaps(bytes, [...tensors.values()], start)
  return tensors
}

function storedTensor(bytes: FileBytes, name: string, entry: unknown, start: number): StoredTensor {
  const fault = (expected: string, found: string): never => {
    throw bytes.error(LENGTH_BYTES, `tensor ${JSON.stringify(name.slice(0, 100))}: ${expected}`, found)
  }
  const { dtype, shape, data_offsets: range } = Object(entry) as Record<string, unknown>
  const type = TYPES.get(dtype)
  if (type === undefined) return fault(`a dtype of ${[...TYPES.keys()].join(', ')}`, excerpt(dtype))
  if (!Array.isArray(shape) || !Array.isArray(range) || range.length !== 2 || !range.every(isOffset))
    return fault('shape and data_offsets', excerpt(entry))
  const length = numbersOf(shape, fault, MAX_STORED_NUMBERS) * NUMBER_BYTES[type]
  const [from, to] = range as [number, number]
  if (to - from !== length || start + to > bytes.size)
    return fault(`${length} bytes within the file's ${bytes.size - start} of data`, `offsets ${from} to ${to}`)
  return { type, shape, start: start + from, length }
}

function expectNoGaps(bytes: FileBytes, tensors: readonly StoredTensor[], start: number): void {
  let position = start
  for (const tensor of [...tensors].sort((a, b) => a.start - b.start || a.length - b.length)) {
    if (tensor.start !== position) throw bytes.error(position, 'the next tensor', `one at byte ${tensor.start}`)
    position += tensor.length
  }
  if (position !== bytes.size) throw bytes.error(position, 'the end of the file', `${bytes.size - position} more bytes`)
}

function hashOf(bytes: FileBytes): string {
  const hash = createHash('sha256')
  for (const piece of bytes.pieces(0, bytes.size, 'the file')) hash.update(piece)
  return hash.digest('hex')
}

function parseHeader(bytes: Buffer, file: string): Record<string, unknown> {
  try {
    const header: unknown = JSON.parse(bytes.toString())
    if (typeof header === 'object' && header !== null && !Array.isArray(header))
      return header as Record<string, unknown>
  } catch {}
  throw new DataError({
    file,
    offset: LENGTH_BYTES,
    expected: 'a JSON object as header',
    found: JSON.stringify(bytes.toString('latin1', 0, 40)),
  })
}

function isOffset(value: unknown): value is number {
  return Number.isSafeInteger(value) && (value as number) >= 0
}

function excerpt(value: unknown): string {
  return (JSON.stringify(value) ?? 'none').slice(0, 100)
}
