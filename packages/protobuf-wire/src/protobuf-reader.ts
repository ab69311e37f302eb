import { DataError } from '@tiny-face/safe-files'

/** Wire types of protobuf. */
export const VARINT = 0
export const FIXED64 = 1
export const BYTES = 2
export const GROUP_START = 3
export const GROUP_END = 4
export const FIXED32 = 5

/** How deep unknown groups may nest: the limit of protobuf's own parsers. */
export const MAX_GROUP_DEPTH = 100

const utf8 = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true })

/**
 * Reads the fields of protobuf messages in a buffer, from `position` to `end`.
 *
 * @throws DataError (`offset` is into the buffer) where the bytes are no protobuf message
 */
export class ProtobufReader {
  readonly bytes: Buffer
  position: number
  /** Where the innermost message being read ends. */
  end: number

  constructor(bytes: Uint8Array) {
    this.bytes = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength)
    this.position = 0
    this.end = bytes.byteLength
  }

  get more(): boolean {
    return this.position < this.end
  }

  /** A field's number and wire type: `number << 3 | type`. */
  tag(): number {
    const at = this.position
    const tag = this.#varint32(at, 'a field')
    if (tag >>> 3 === 0) throw fault(at, 'a field number of at least 1', '0')
    return tag
  }

  /** Enters a message of the field that was begun, and returns the end of the one around it, for `leave`. */
  enter(): number {
    const size = this.length()
    const outer = this.end
    this.end = this.position + size
    return outer
  }

  leave(outer: number): void {
    this.end = outer
  }

  /** A length, of which as many bytes follow. */
  length(): number {
    const at = this.position
    const length = this.#varint32(at, 'a length')
    if (length > this.end - this.position) {
      throw fault(at, `at most ${this.end - this.position} bytes to the end of the message`, `a length of ${length}`)
    }
    return length
  }

  /** A view of the bytes. */
  view(): Uint8Array {
    const length = this.length()
    const start = this.position
    this.position += length
    return this.bytes.subarray(start, this.position)
  }

  string(): string {
    const at = this.position
    const length = this.length()
    const start = this.position
    this.position += length
    for (let i = start; i < this.position; i++) if (this.bytes[i]! >= 0x80) return this.#utf8(at, start)
    return this.bytes.toString('latin1', start, this.position)
  }

  int64(): bigint {
    const at = this.position
    let low = 0
    for (let shift = 0; shift < 28; shift += 7) {
      const byte = this.#byte(at)
      low |= (byte & 0x7f) << shift
      if (byte < 0x80) return BigInt(low)
    }
    let value = BigInt(low)
    for (let shift = 28n; shift < 70n; shift += 7n) {
      const byte = this.#byte(at)
      value |= BigInt(byte & 0x7f) << shift
      if (byte < 0x80) return BigInt.asIntN(64, value)
    }
    throw fault(at, 'a varint of at most 10 bytes', 'a longer one')
  }

  float(): number {
    return this.bytes.readFloatLE(this.#fixed(4))
  }

  /** Passes over the value of a field that is not known. */
  skip(tag: number, depth = 0): void {
    const at = this.position
    switch (tag & 7) {
      case VARINT:
        this.int64()
        return
      case FIXED64:
        this.#fixed(8)
        return
      case BYTES: {
        const length = this.length()
        this.position += length
        return
      }
      case GROUP_START:
        if (depth === MAX_GROUP_DEPTH) throw fault(at, `at most ${MAX_GROUP_DEPTH} groups within each other`, 'more')
        for (;;) {
          const inner = this.tag()
          if ((inner & 7) !== GROUP_END) this.skip(inner, depth + 1)
          else if (inner >>> 3 === tag >>> 3) return
          else throw fault(at, `the end of group ${tag >>> 3}`, `that of ${inner >>> 3}`)
        }
      case FIXED32:
        this.#fixed(4)
        return
      default:
        throw fault(at, 'a wire type of protobuf', `${tag & 7}`)
    }
  }

  #fixed(size: number): number {
    const at = this.position
    if (size > this.end - at)
      throw fault(at, `${size} bytes of a number`, `the end of the message after ${this.end - at}`)
    this.position += size
    return at
  }

  #utf8(at: number, start: number): string {
    try {
      return utf8.decode(this.bytes.subarray(start, this.position))
    } catch {
      throw fault(at, 'a string in UTF-8', 'other bytes')
    }
  }

  #varint32(at: number, what: string): number {
    let value = 0
    for (let factor = 1; factor < 2 ** 35; factor *= 128) {
      const byte = this.#byte(at)
      value += (byte & 0x7f) * factor
      if (byte >= 0x80) continue
      if (value < 2 ** 32) return value
      break
    }
    throw fault(at, `${what} of at most 32 bits`, 'a larger one')
  }

  #byte(at: number): number {
    if (this.position >= this.end) throw fault(at, 'a whole varint', 'the end of the message')
    return this.bytes[this.position++]!
  }
}

function fault(offset: number, expected: string, found: string): DataError {
  return new DataError({ offset, expected, found })
}
