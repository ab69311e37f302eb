/**
 * Maps to MessagePack. The fields of the hot path (integers, strings, booleans, bytes, maps of them: pairs, tensors) are
 * written by hand into one buffer that is handed on when it is full; other values go through msgpackr.
 */
import { Packr } from 'msgpackr'

const CAPACITY = 1 << 18
/** Bytes from here on are handed on as they are instead of being copied into the buffer. */
const LARGE = CAPACITY >> 1
/** The longest header of any MessagePack value. */
const HEADER = 9

/** Field names repeat from map to map: their MessagePack bytes are kept, of so many different ones. */
const MAX_KEPT_NAMES = 64
/** In UTF-16 units. */
const LONGEST_KEPT_NAME = 32
const keptNames = new Map<string, Uint8Array>()

const packr = new Packr({ useRecords: false, variableMapSize: true, encodeUndefinedAsNil: false })
const text = new TextEncoder()

export class Encoder {
  readonly #sink: (bytes: Uint8Array) => void
  readonly #buffer = Buffer.allocUnsafeSlow(CAPACITY)
  #length = 0

  /** @param sink takes each piece of the stream; its bytes are valid only during the call */
  constructor(sink: (bytes: Uint8Array) => void) {
    this.#sink = sink
  }

  /** Writes one map; fields that are undefined are left out. */
  map(record: object): void {
    let size = 0
    for (const field in record) if (record[field as never] !== undefined) size++
    this.#room(HEADER)
    if (size < 16) this.#byte(0x80 | size)
    else if (size < 0x10000) this.#header16(0xde, size)
    else this.#header32(0xdf, size)
    for (const field in record) {
      const value = record[field as never] as unknown
      if (value === undefined) continue
      this.#name(field)
      this.#value(value)
    }
  }

  /** Hands on what is buffered. */
  flush(): void {
    if (this.#length === 0) return
    const bytes = this.#buffer.subarray(0, this.#length)
    this.#length = 0
    this.#sink(bytes)
  }

  #name(field: string): void {
    const bytes = keptNames.get(field)
    if (bytes === undefined) {
      if (keptNames.size < MAX_KEPT_NAMES && field.length < LONGEST_KEPT_NAME) keptNames.set(field, packr.pack(field))
      this.#string(field)
      return
    }
    const size = bytes.length
    this.#room(size)
    for (let i = 0; i < size; i++) this.#buffer[this.#length + i] = bytes[i]!
    this.#length += size
  }

  #value(value: unknown): void {
    if (typeof value === 'number' && Number.isSafeInteger(value) && !Object.is(value, -0)) this.#integer(value)
    else if (value instanceof Uint8Array) this.#bytes(value)
    else if (typeof value === 'string') this.#string(value)
    else if (typeof value === 'boolean') this.#boolean(value)
    else if (isPlainMap(value)) this.map(value)
    else this.#raw(packr.pack(exactIntegers(value)))
  }

  #boolean(value: boolean): void {
    this.#room(HEADER)
    this.#byte(value ? 0xc3 : 0xc2)
  }

  #integer(value: number): void {
    this.#room(HEADER)
    const buffer = this.#buffer
    if (value >= 0) {
      if (value < 0x80) this.#byte(value)
      else if (value < 0x100) {
        this.#byte(0xcc)
        this.#byte(value)
      } else if (value < 0x10000) this.#header16(0xcd, value)
      else if (value < 0x100000000) this.#header32(0xce, value)
      else {
        this.#byte(0xcf)
        this.#length = buffer.writeBigUInt64BE(BigInt(value), this.#length)
      }
    } else if (value >= -32) this.#byte(value & 0xff)
    else if (value >= -0x80000000) this.#header32(0xd2, value >>> 0)
    else {
      this.#byte(0xd3)
      this.#length = buffer.writeBigInt64BE(BigInt(value), this.#length)
    }
  }

  #string(value: string): void {
    // A UTF-16 unit takes at most three bytes of UTF-8.
    const most = value.length * 3
    if (most >= LARGE) {
      this.#raw(packr.pack(value))
      return
    }
    this.#room(HEADER + most)
    const start = this.#length
    const header = most < 32 ? 1 : 3
    const { written } = text.encodeInto(value, this.#buffer.subarray(start + header))
    if (header === 1) this.#buffer[start] = 0xa0 | written
    else {
      this.#buffer[start] = 0xda
      this.#buffer.writeUInt16BE(written, start + 1)
    }
    this.#length = start + header + written
  }

  #bytes(value: Uint8Array): void {
    const size = value.byteLength
    this.#room(HEADER)
    if (size < 0x100) {
      this.#byte(0xc4)
      this.#byte(size)
    } else if (size < 0x10000) this.#header16(0xc5, size)
    else this.#header32(0xc6, size)
    this.#raw(value)
  }

  #raw(bytes: Uint8Array): void {
    if (bytes.byteLength >= LARGE) {
      this.flush()
      this.#sink(bytes)
      return
    }
    this.#room(bytes.byteLength)
    this.#buffer.set(bytes, this.#length)
    this.#length += bytes.byteLength
  }

  #room(size: number): void {
    if (this.#length + size > CAPACITY) this.flush()
  }

  #byte(value: number): void {
    this.#buffer[this.#length++] = value
  }

  #header16(type: number, value: number): void {
    this.#byte(type)
    this.#byte(value >>> 8)
    this.#byte(value & 0xff)
  }

  #header32(type: number, value: number): void {
    this.#header16(type, value >>> 16)
    this.#byte((value >>> 8) & 0xff)
    this.#byte(value & 0xff)
  }
}

function isPlainMap(value: unknown): value is object {
  return typeof value === 'object' && value !== null && Object.getPrototypeOf(value) === Object.prototype
}

/** msgpackr writes a Number of 2^32 or more as a float; as a BigInt it stays an integer. */
function exactIntegers(value: unknown): unknown {
  if (typeof value === 'number') {
    return Number.isSafeInteger(value) && (value >= 0x100000000 || value < -0x80000000) ? BigInt(value) : value
  }
  if (value === null || typeof value !== 'object' || value instanceof Uint8Array) return value
  if (Array.isArray(value)) return value.map(exactIntegers)
  return Object.fromEntries(
    Object.entries(value)
      .filter(([, inner]) => inner !== undefined)
      .map(([key, inner]) => [key, exactIntegers(inner)]),
  )
}
