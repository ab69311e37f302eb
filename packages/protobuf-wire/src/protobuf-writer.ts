/** The few kinds of protobuf fields that an Example is made of; see example.ts. */

/** The bytes of a field of wire type 2 with a one-byte tag. */
export function fieldSize(size: number): number {
  return 1 + varintSize(size) + size
}

/** A tag and a length. */
export function writeHead(bytes: Buffer, at: number, tag: number, size: number): number {
  bytes[at] = tag
  return writeVarint(bytes, at + 1, size)
}

/** A value below 2^31. */
export function writeVarint(bytes: Buffer, start: number, value: number): number {
  let at = start
  let left = value
  for (; left >= 0x80; left >>>= 7) bytes[at++] = (left & 0x7f) | 0x80
  bytes[at++] = left
  return at
}

export function varintSize(value: number): number {
  let size = 1
  for (let left = value >>> 7; left > 0; left >>>= 7) size++
  return size
}
