/**
 * MessagePack to maps. `messageEnd` finds where a message ends without decoding it, and bounds what a hostile stream may
 * ask for; `decodeMap` reads the fields of the hot path by hand and leaves any other map to msgpackr.
 */

import { DataError } from '@tiny-face/safe-files'
import { Unpackr } from 'msgpackr'

/** The largest message that is read: the buffer grows to hold one whole. */
export const MAX_MESSAGE_BYTES = 1 << 29
/** How deep maps and arrays may nest. */
export const MAX_DEPTH = 32

// msgpackr's own 'auto' would give a Number for 2^53, too, which is one too far: 2^53 + 1 is the same Number.
const unpackr = new Unpackr({ useRecords: false, mapsAsObjects: true, int64AsType: 'bigint' })

const open = new Float64Array(MAX_DEPTH)

/**
 * @returns the offset just past the message at `start`, or -1 where the buffer ends before the message does
 * @throws DataError where the bytes are no MessagePack, use an extension type, or pass a limit; `offset` is into the buffer
 */
export function messageEnd(bytes: Buffer, start: number, end: number): number {
  let at = start
  let depth = 0
  let left = 1
  for (;;) {
    while (left === 0) {
      if (depth === 0) return at
      left = open[--depth]!
    }
    if (at >= end) return -1
    left--
    const type = bytes[at]!
    let size = -1
    let items = 0
    if (type < 0x80 || type >= 0xe0 || type === 0xc0 || type === 0xc2 || type === 0xc3) at += 1
    else if (type < 0x90) {
      items = 2 * (type & 0x0f)
      at += 1
    } else if (type < 0xa0) {
      items = type & 0x0f
      at += 1
    } else if (type < 0xc0) at += 1 + (type & 0x1f)
    else {
      switch (type) {
        case 0xcc:
        case 0xd0:
          at += 2
          break
        case 0xcd:
        case 0xd1:
          at += 3
          break
        case 0xca:
        case 0xce:
        case 0xd2:
          at += 5
          break
        case 0xcb:
        case 0xcf:
        case 0xd3:
          at += 9
          break
        case 0xc4:
        case 0xd9:
          if (at + 2 > end) return -1
          size = bytes[at + 1]!
          at += 2 + size
          break
        case 0xc5:
        case 0xda:
          if (at + 3 > end) return -1
          size = bytes.readUInt16BE(at + 1)
          at += 3 + size
          break
        case 0xc6:
        case 0xdb:
          if (at + 5 > end) return -1
          size = bytes.readUInt32BE(at + 1)
          at += 5 + size
          break
        case 0xdc:
        case 0xde:
          if (at + 3 > end) return -1
          items = bytes.readUInt16BE(at + 1) * (type === 0xde ? 2 : 1)
          at += 3
          break
        case 0xdd:
        case 0xdf:
          if (at + 5 > end) return -1
          items = bytes.readUInt32BE(at + 1) * (type === 0xdf ? 2 : 1)
          at += 5
          break
        default:
          throw new DataError({
            offset: at,
            expected: 'MessagePack without extension types',
            found: `type 0x${type.toString(16)}`,
          })
      }
    }
    if (at - start > MAX_MESSAGE_BYTES || items > MAX_MESSAGE_BYTES) {
      throw new DataError({
        offset: start,
        expected: `a map of at most ${MAX_MESSAGE_BYTES} bytes`,
        found: 'a larger one',
      })
    }
    if (items > 0) {
      if (depth === MAX_DEPTH) {
        throw new DataError({ offset: at, expected: `at most ${MAX_DEPTH} levels of maps and arrays`, found: 'more' })
      }
      open[depth++] = left
      left = items
    }
    if (at > end) return -1
  }
}

/** The names of fields, and the types of tensors, that are told by their bytes. */
const HOT_TEXTS = [
  ...['id', 'label', 'image', 'payload', 'example'],
  ...['pair', 'index', 'side', 'same'],
  ...['embedding', 'flipped', 'pixels', 'dtype', 'shape', 'data', 'float32', 'uint8'],
].map(text => ({ text, bytes: Buffer.from(text) }))
const HOT_BY_INITIAL = Array.from({ length: 256 }, (_, initial) =>
  HOT_TEXTS.filter(({ bytes }) => bytes[0] === initial),
)

/** What each message has to be. */
export const A_MAP = 'a MessagePack map'

/** What stands for a value that is not of the hot path. */
const COLD = Symbol('cold')

/**
 * Decodes the map in `bytes[start, end)`, which `messageEnd` measured. Bytes in it are views of `bytes`.
 *
 * @throws DataError where the message is no map
 */
export function decodeMap(bytes: Buffer, start: number, end: number): Record<string, unknown> {
  const type = bytes[start]!
  if (type >= 0x80 && type < 0x90) {
    at = start + 1
    const map = hotMap(bytes, type & 0x0f)
    return map === COLD ? decodeAny(bytes, start, end) : map
  }
  if (type === 0xde || type === 0xdf) return decodeAny(bytes, start, end)
  throw new DataError({
    offset: start,
    expected: A_MAP,
    found: `type 0x${type.toString(16).padStart(2, '0')}`,
  })
}

function decodeAny(bytes: Buffer, start: number, end: number): Record<string, unknown> {
  try {
    return smallIntegers(unpackr.unpack(bytes.subarray(start, end)) as Record<string, unknown>)
  } catch (cause) {
    throw new DataError({ offset: start, expected: A_MAP, found: (cause as Error).message, cause })
  }
}

/** Integers of 64 bits, of which msgpackr makes BigInts, as Numbers where they are safe: in place. */
function smallIntegers<T extends Record<string, unknown> | unknown[]>(fields: T): T {
  for (const [key, value] of Object.entries(fields)) {
    if (typeof value === 'bigint') {
      if (Number.isSafeInteger(Number(value))) (fields as Record<string, unknown>)[key] = Number(value)
    } else if (typeof value === 'object' && value !== null && !(value instanceof Uint8Array)) {
      smallIntegers(value as Record<string, unknown>)
    }
  }
  return fields
}

/** Where the hot path reads: an offset that it hands on and returns would be an object for every value. */
let at = 0

/** @returns COLD as soon as a field is not of the hot path */
function hotMap(bytes: Buffer, fields: number): Record<string, unknown> | typeof COLD {
  const map: Record<string, unknown> = {}
  for (let i = 0; i < fields; i++) {
    const name = hotText(bytes)
    if (name === undefined) return COLD
    const value = hotValue(bytes)
    if (value === COLD) return COLD
    map[name] = value
  }
  return map
}

function hotValue(bytes: Buffer): unknown {
  const type = bytes[at]!
  if (type < 0x80) {
    at += 1
    return type
  }
  if (type < 0x90) {
    at += 1
    return hotMap(bytes, type & 0x0f)
  }
  if (type < 0xa0) return hotArray(bytes, type & 0x0f)
  if (type < 0xc0) return hotText(bytes) ?? COLD
  switch (type) {
    case 0xc2:
    case 0xc3:
      at += 1
      return type === 0xc3
    case 0xcc:
      at += 2
      return bytes[at - 1]!
    case 0xcd:
      at += 3
      return bytes.readUInt16BE(at - 2)
    case 0xce:
      at += 5
      return bytes.readUInt32BE(at - 4)
    case 0xc4:
      return hotBytes(bytes, 2, bytes[at + 1]!)
    case 0xc5:
      return hotBytes(bytes, 3, bytes.readUInt16BE(at + 1))
    case 0xc6:
      return hotBytes(bytes, 5, bytes.readUInt32BE(at + 1))
    default:
      return COLD
  }
}

function hotBytes(bytes: Buffer, header: number, size: number): Uint8Array {
  const start = at + header
  at = start + size
  return new Uint8Array(bytes.buffer, bytes.byteOffset + start, size)
}

function hotArray(bytes: Buffer, length: number): unknown[] | typeof COLD {
  at += 1
  const values: unknown[] = []
  for (let i = 0; i < length; i++) {
    const value = hotValue(bytes)
    if (value === COLD) return COLD
    values.push(value)
  }
  return values
}

/** @returns undefined where it is none of `HOT_TEXTS` */
function hotText(bytes: Buffer): string | undefined {
  for (const hot of HOT_BY_INITIAL[bytes[at + 1]!] ?? []) {
    const { length } = hot.bytes
    if (bytes[at] !== (0xa0 | length)) continue
    let same = 1
    while (same < length && bytes[at + 1 + same] === hot.bytes[same]) same++
    if (same < length) continue
    at += 1 + length
    return hot.text
  }
  return undefined
}
