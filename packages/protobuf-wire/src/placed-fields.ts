/*
 * The fields of a message by their places, for one that need not fit in memory (https://protobuf.dev/programming-guides/encoding). A
 * message is fields one after another, each a varint key (field number << 3 | wire type) and then
 *
 *   wire type 0  a varint
 *             1  8 bytes
 *             2  a varint length and that many bytes: text, or a message within
 *             5  4 bytes
 *
 * A field is passed over by its length, and its bytes are read only where they are asked for.
 */
import { DataError } from '@tiny-face/safe-files'

const MAX_VARINT_BYTES = 10

/** Bytes in memory or in a file. */
export interface PlacedBytes {
  /** For messages. */
  readonly file: string
  /** What the bytes are to be, for messages: `an ONNX model`. */
  readonly expected: string
  /** At most `length` bytes from `offset`, fewer at the end; valid until the next call. */
  read(offset: number, length: number): Uint8Array
}

/** A field and its place. */
export interface PlacedField {
  readonly number: number
  /** 0, 1, 2 or 5. */
  readonly wireType: number
  /** Where its key begins. */
  readonly offset: number
  /** Its value, `[start, end)`: behind the length where it has one. */
  readonly start: number
  readonly end: number
}

/**
 * The fields of the message that lies in `[start, end)`, one after another.
 *
 * @throws DataError that names the byte, where there is no message, or a field is longer than it
 */
export function* placedFields(bytes: PlacedBytes, start: number, end: number): Generator<PlacedField> {
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
export function integerOf(bytes: PlacedBytes, { start, end }: Pick<PlacedField, 'start' | 'end'>): bigint {
  let value = 0n
  for (const [i, byte] of bytes.read(start, end - start).entries()) value |= BigInt(byte & 0x7f) << BigInt(7 * i)
  return BigInt.asIntN(64, value)
}

/** All the varints of a packed field, as int64. @throws DataError where the last is cut off */
export function packedIntegers(bytes: PlacedBytes, { start, end }: Pick<PlacedField, 'start' | 'end'>): bigint[] {
  const values: bigint[] = []
  for (let at = start; at < end; ) {
    const { next } = varint(bytes, at, end)
    values.push(integerOf(bytes, { start: at, end: next }))
    at = next
  }
  return values
}

function bodyOf(bytes: PlacedBytes, offset: number, end: number, number: number, wireType: number, start: number) {
  if (number > 0 && wireType === 0) return { start, end: varint(bytes, start, end).next }
  if (number > 0 && wireType === 1) return { start, end: start + 8 }
  if (number > 0 && wireType === 5) return { start, end: start + 4 }
  if (number > 0 && wireType === 2) {
    const length = varint(bytes, start, end)
    return { start: length.next, end: length.next + length.value }
  }
  const found = `field ${number} of wire type ${wireType}`
  throw new DataError({ file: bytes.file, offset, expected: bytes.expected, found })
}

function varint(bytes: PlacedBytes, offset: number, end: number): { value: number; next: number } {
  const digits = bytes.read(offset, Math.min(MAX_VARINT_BYTES, end - offset))
  let value = 0
  for (const [i, byte] of digits.entries()) {
    value += (byte & 0x7f) * 2 ** (7 * i)
    if (byte < 0x80) return { value, next: offset + i + 1 }
  }
  const found = digits.length < MAX_VARINT_BYTES ? 'the end of it' : `a number of over ${MAX_VARINT_BYTES} bytes`
  throw new DataError({ file: bytes.file, offset, expected: bytes.expected, found })
}
