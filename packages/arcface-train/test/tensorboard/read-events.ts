import { readTFRecord } from '@tiny-face/tfrecord-stream'

/** A protobuf message as its fields: the number of each to its values, as numbers or bytes. Knows nothing of what is in it. */
export type Fields = Map<number, (number | Buffer)[]>

export function fieldsOf(bytes: Buffer): Fields {
  const fields: Fields = new Map()
  let at = 0
  const varint = () => {
    let value = 0n
    for (let shift = 0n; ; shift += 7n) {
      const byte = bytes[at++]!
      value |= BigInt(byte & 0x7f) << shift
      if (byte < 0x80) return Number(value)
    }
  }
  const take = (size: number) => {
    at += size
    if (at > bytes.length) throw new Error('a field ends after its message')
    return bytes.subarray(at - size, at)
  }
  while (at < bytes.length) {
    const tag = varint()
    const read: Record<number, () => number | Buffer> = {
      0: varint,
      1: () => take(8).readDoubleLE(),
      2: () => take(varint()),
      5: () => take(4).readFloatLE(),
    }
    fields.set(tag >> 3, [...(fields.get(tag >> 3) ?? []), read[tag & 7]!()])
  }
  return fields
}

export function eventsOf(file: string): Fields[] {
  return Array.from(readTFRecord(file), ({ data }) => fieldsOf(Buffer.from(data)))
}

export function doublesOf(bytes: Buffer): number[] {
  return Array.from({ length: bytes.length / 8 }, (_, i) => bytes.readDoubleLE(8 * i))
}
