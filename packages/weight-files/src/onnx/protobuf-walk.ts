import type { FileBytes } from '../file-bytes.js'

/** A field of a protobuf message that lies in a file: where its content is, or its value where that is a varint. */
export interface FieldInFile {
  readonly number: number
  /** 0 varint, 1 eight bytes, 2 bytes, 5 four bytes. */
  readonly wireType: number
  readonly start: number
  readonly end: number
  /** Of a varint; exact up to 2^53. */
  readonly value: number
}

/**
 * The fields of a message from `start` to `end` of a file, which need not fit in memory (https://protobuf.dev/programming-guides/encoding).
 *
 * @throws DataError where the bytes are no message
 */
export function* fieldsInFile(bytes: FileBytes, start: number, end: number): Generator<FieldInFile> {
  for (let position = start; position < end; ) {
    const key = varint(bytes, position, end)
    const number = Math.floor(key.value / 8)
    const wireType = key.value % 8
    const body = bodyOf(bytes, position, end, wireType, key.next)
    if (number === 0 || body.end > end)
      throw bytes.error(
        position,
        `a field within ${end - position} bytes`,
        `field ${number} of ${body.end - body.start}`,
      )
    yield { number, wireType, ...body }
    position = body.end
  }
}

function bodyOf(bytes: FileBytes, at: number, end: number, wireType: number, start: number) {
  if (wireType === 0) {
    const { value, next } = varint(bytes, start, end)
    return { start, end: next, value }
  }
  if (wireType === 1) return { start, end: start + 8, value: 0 }
  if (wireType === 5) return { start, end: start + 4, value: 0 }
  if (wireType !== 2) throw bytes.error(at, 'a wire type of protobuf', `${wireType}`)
  const { value, next } = varint(bytes, start, end)
  return { start: next, end: next + value, value: 0 }
}

function varint(bytes: FileBytes, position: number, end: number): { value: number; next: number } {
  const view = bytes.peek(position, Math.max(0, Math.min(10, end - position)), 'a varint')
  let value = 0n
  for (let i = 0; i < view.length; i++) {
    value |= BigInt(view[i]! & 0x7f) << BigInt(7 * i)
    if (view[i]! < 0x80) return { value: Number(BigInt.asIntN(64, value)), next: position + i + 1 }
  }
  throw bytes.error(position, 'a whole varint', 'the end, or a longer one')
}
