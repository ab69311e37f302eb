/** The fields of a protobuf message as bytes, each with its tag; see https://protobuf.dev/programming-guides/encoding. */

/** Joins fields to a message. */
export function message(...fields: readonly Uint8Array[]): Uint8Array {
  return Buffer.concat(fields)
}

/** A whole number of at least 0, up to 2^53 - 1. */
export function intField(field: number, value: number): Uint8Array {
  return Buffer.from([...varint(field << 3), ...varint(value)])
}

export function doubleField(field: number, value: number): Uint8Array {
  const bytes = Buffer.alloc(9)
  bytes[0] = (field << 3) | 1
  bytes.writeDoubleLE(value, 1)
  return bytes
}

export function floatField(field: number, value: number): Uint8Array {
  const bytes = Buffer.alloc(5)
  bytes[0] = (field << 3) | 5
  bytes.writeFloatLE(value, 1)
  return bytes
}

/** Bytes, a string's UTF-8, or a message within. */
export function bytesField(field: number, value: Uint8Array): Uint8Array {
  return Buffer.concat([Buffer.from([(field << 3) | 2, ...varint(value.byteLength)]), value])
}

/** Doubles, packed. */
export function doublesField(field: number, values: readonly number[]): Uint8Array {
  const bytes = Buffer.alloc(8 * values.length)
  for (const [i, value] of values.entries()) bytes.writeDoubleLE(value, 8 * i)
  return bytesField(field, bytes)
}

/** Seven bits a byte, the lowest first. */
function varint(value: number): number[] {
  const bytes: number[] = []
  let left = value
  for (; left >= 0x80; left = Math.floor(left / 0x80)) bytes.push((left % 0x80) | 0x80)
  return [...bytes, left]
}
