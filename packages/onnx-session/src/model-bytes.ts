/*
 * An ONNX model file is one protobuf message, ModelProto (https://github.com/onnx/onnx/blob/main/onnx/onnx.proto):
 * fields one after another, each a varint key (field number << 3 | wire type) and then
 *
 *   wire type 0  a varint
 *             1  8 bytes
 *             2  a varint length and that many bytes: text, or a message within
 *             5  4 bytes
 *
 * Nearly all of its bytes are weights. So a field is passed over by its length and its bytes are read only where they are asked
 * for, which also finds a file that was cut off before native code meets it.
 */
import { closeSync, fstatSync, openSync, readSync } from 'node:fs'
import { fileKind, KIND_BYTES } from '@tiny-face/file-signatures'
import { DataError } from '@tiny-face/safe-files'

export const MODEL = 'an ONNX model'

const MAX_VARINT_BYTES = 10
const WINDOW_BYTES = 1 << 16

/** A model's bytes, wherever they are. */
export interface ModelBytes {
  /** For messages. */
  file: string
  size: number
  /** At most `length` bytes from `offset`, fewer at the end; valid until the next call. */
  read(offset: number, length: number): Uint8Array
}

export interface Field {
  number: number
  wireType: number
  /** Where its key begins. */
  offset: number
  /** Its value, `[start, end)`: behind the length where it has one. */
  start: number
  end: number
}

/**
 * Lends a model's bytes.
 *
 * @param model the bytes, or the path of a file, which is closed afterwards
 * @throws DataError that says what the file is where `use` finds that it is no ONNX model
 */
export function withModelBytes<T>(model: Uint8Array | string, use: (bytes: ModelBytes) => T): T {
  if (typeof model !== 'string') {
    const read = (offset: number, length: number) => model.subarray(offset, offset + length)
    return orOtherKind({ file: 'ONNX model', size: model.length, read }, use)
  }
  const fd = openSync(model, 'r')
  try {
    return orOtherKind({ file: model, size: fstatSync(fd).size, read: windowOf(fd) }, use)
  } finally {
    closeSync(fd)
  }
}

/** The fields of the message that lies in `[start, end)`. @throws DataError where there is none */
export function* fieldsOf(bytes: ModelBytes, start: number, end: number): Generator<Field> {
  let offset = start
  while (offset < end) {
    const key = varint(bytes, offset, end)
    const number = Math.floor(key.value / 8)
    const wireType = key.value % 8
    const body = bodyOf(bytes, offset, end, number, wireType, key.next)
    if (body.end > end)
      throw new DataError({
        file: bytes.file,
        offset,
        expected: `${body.end - body.start} bytes of field ${number}`,
        found: `${Math.max(0, end - body.start)}`,
      })
    yield { number, wireType, offset, ...body }
    offset = body.end
  }
}

/** The varint of a field of wire type 0, as an int64. */
export function integerOf(bytes: ModelBytes, { start, end }: Field): bigint {
  return BigInt.asIntN(64, bigVarint(bytes.read(start, end - start)))
}

/** All the varints of a packed field. */
export function packedIntegers(bytes: ModelBytes, { start, end }: Field): bigint[] {
  const values: bigint[] = []
  for (let at = start; at < end; ) {
    const { next } = varint(bytes, at, end)
    values.push(BigInt.asIntN(64, bigVarint(bytes.read(at, next - at))))
    at = next
  }
  return values
}

export function textOf(bytes: ModelBytes, { start, end }: Field): string {
  return new TextDecoder().decode(bytes.read(start, end - start))
}

/** Reads a file piece by piece through one buffer: most fields of a graph are a few bytes. */
function windowOf(fd: number): ModelBytes['read'] {
  const window = new Uint8Array(WINDOW_BYTES)
  let from = 0
  let filled = 0
  return (offset, length) => {
    if (length > WINDOW_BYTES) return fill(fd, new Uint8Array(length), offset)
    if (offset < from || offset + length > from + filled) {
      filled = fill(fd, window, offset).length
      from = offset
    }
    return window.subarray(offset - from, Math.min(filled, offset - from + length))
  }
}

function fill(fd: number, bytes: Uint8Array, offset: number): Uint8Array {
  let filled = 0
  while (filled < bytes.length) {
    const count = readSync(fd, bytes, filled, bytes.length - filled, offset + filled)
    if (count === 0) break
    filled += count
  }
  return bytes.subarray(0, filled)
}

function orOtherKind<T>(bytes: ModelBytes, use: (bytes: ModelBytes) => T): T {
  try {
    return use(bytes)
  } catch (error) {
    if (!(error instanceof DataError) || error.expected !== MODEL) throw error
    const found = fileKind(bytes.read(0, Math.min(KIND_BYTES, bytes.size)))
    if (found === undefined) throw error
    throw new DataError({ file: bytes.file, offset: 0, expected: MODEL, found, cause: error })
  }
}

function bodyOf(bytes: ModelBytes, offset: number, end: number, number: number, wireType: number, start: number) {
  if (number > 0 && wireType === 0) return { start, end: varint(bytes, start, end).next }
  if (number > 0 && wireType === 1) return { start, end: start + 8 }
  if (number > 0 && wireType === 5) return { start, end: start + 4 }
  if (number > 0 && wireType === 2) {
    const length = varint(bytes, start, end)
    return { start: length.next, end: length.next + length.value }
  }
  const found = `field ${number} of wire type ${wireType}`
  throw new DataError({ file: bytes.file, offset, expected: MODEL, found })
}

function varint(bytes: ModelBytes, offset: number, end: number): { value: number; next: number } {
  const digits = bytes.read(offset, Math.min(MAX_VARINT_BYTES, end - offset))
  let value = 0
  for (const [i, byte] of digits.entries()) {
    value += (byte & 0x7f) * 2 ** (7 * i)
    if (byte < 0x80) return { value, next: offset + i + 1 }
  }
  const found = digits.length < MAX_VARINT_BYTES ? 'the end of it' : `a number of over ${MAX_VARINT_BYTES} bytes`
  throw new DataError({ file: bytes.file, offset, expected: MODEL, found })
}

function bigVarint(digits: Uint8Array): bigint {
  let value = 0n
  for (const [i, byte] of digits.entries()) value |= BigInt(byte & 0x7f) << BigInt(7 * i)
  return value
}
