/**
 * A record as bytes, for a shuffle's own files: any value that a record may hold comes back as it was.
 *
 *     uint32  length of the head     little-endian
 *     head    of a flat record JSON, [[field, value], …], with [length] as the value of bytes; it begins with 5b
 *             of another one v8.serialize of [the record with empty bytes in place of all Uint8Arrays, their lengths]; with ff
 *     bytes   of one Uint8Array after another, in the order in which they are met
 *
 * What v8.serialize allocates is out of the garbage collector's sight, and piles up: so it gets no bytes, and no flat records.
 */
import { deserialize, serialize } from 'node:v8'
import type { DataMap } from '@tiny-face/record-stream'

const EMPTY = new Uint8Array(0)
const LENGTH_BYTES = 4
const JSON_BEGIN = 0x5b

export class RecordPacker {
  #buffer = Buffer.allocUnsafeSlow(1 << 16)

  /** @returns the record's bytes, valid until the next call */
  pack(record: DataMap): Uint8Array {
    const { head, pieces } = flatHead(record) ?? deepHead(record)
    const size = pieces.reduce((sum, { byteLength }) => sum + byteLength, LENGTH_BYTES + head.length)
    if (size > this.#buffer.length) this.#buffer = Buffer.allocUnsafeSlow(2 * size)
    let at = this.#buffer.writeUInt32LE(head.length)
    for (const piece of [head, ...pieces]) {
      this.#buffer.set(piece, at)
      at += piece.byteLength
    }
    return this.#buffer.subarray(0, size)
  }
}

/** The record that was packed; it owns its bytes. */
export function unpackRecord(packed: Uint8Array): DataMap {
  const bytes = Buffer.from(Uint8Array.from(packed).buffer)
  let at = LENGTH_BYTES + bytes.readUInt32LE()
  const head = bytes.subarray(LENGTH_BYTES, at)
  const next = (length: number) => {
    at += length
    return bytes.subarray(at - length, at)
  }
  if (head[0] === JSON_BEGIN) {
    const fields = JSON.parse(head.toString()) as [string, unknown][]
    return Object.fromEntries(fields.map(([field, value]) => [field, Array.isArray(value) ? next(value[0]) : value]))
  }
  const [skeleton, lengths] = deserialize(head) as [DataMap, number[]]
  let piece = 0
  return replaceBytes(skeleton, () => next(lengths[piece++]!)) as DataMap
}

interface Head {
  head: Buffer
  pieces: Uint8Array[]
}

/** @returns undefined where a field is neither bytes nor what JSON holds exactly */
function flatHead(record: DataMap): Head | undefined {
  const pieces: Uint8Array[] = []
  const fields: [string, unknown][] = []
  for (const [field, value] of Object.entries(record)) {
    if (value instanceof Uint8Array) {
      pieces.push(value)
      fields.push([field, [value.byteLength]])
    } else if (isExactInJson(value)) fields.push([field, value])
    else return undefined
  }
  return { head: Buffer.from(JSON.stringify(fields)), pieces }
}

function isExactInJson(value: unknown): boolean {
  if (typeof value === 'number') return Number.isFinite(value) && !Object.is(value, -0)
  return typeof value === 'string' || typeof value === 'boolean'
}

function deepHead(record: DataMap): Head {
  const pieces: Uint8Array[] = []
  const skeleton = replaceBytes(record, bytes => {
    pieces.push(bytes)
    return EMPTY
  })
  return { head: serialize([skeleton, pieces.map(({ byteLength }) => byteLength)]), pieces }
}

/** A copy in which every Uint8Array is replaced, in an order that depends on the value's shape alone. */
function replaceBytes(value: unknown, replace: (bytes: Uint8Array) => Uint8Array): unknown {
  if (value instanceof Uint8Array) return replace(value)
  if (Array.isArray(value)) return value.map(item => replaceBytes(item, replace))
  if (value === null || typeof value !== 'object' || ArrayBuffer.isView(value)) return value
  const copy: { [field: string]: unknown } = {}
  for (const [field, inner] of Object.entries(value)) copy[field] = replaceBytes(inner, replace)
  return copy
}
