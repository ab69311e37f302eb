/** A pickle by hand: opcodes and text as latin-1 strings, anything else as bytes. */
export function pickle(...parts: (string | number | Uint8Array)[]): Uint8Array {
  const bytes = parts.map(part => {
    if (typeof part === 'string') return Buffer.from(part, 'latin1')
    return typeof part === 'number' ? Buffer.from([part]) : part
  })
  return new Uint8Array(Buffer.concat(bytes))
}

/** A length or an index of 4 or 8 bytes, little-endian. */
export function uint(bytes: 4 | 8, value: number): Uint8Array {
  const buffer = Buffer.alloc(bytes)
  if (bytes === 4) buffer.writeUInt32LE(value)
  else buffer.writeBigUInt64LE(BigInt(value))
  return buffer
}
