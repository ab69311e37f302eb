import { DataError } from '@tiny-face/safe-files'
import { A_MAP, decodeMap, messageEnd } from './decode.js'
import { type Begin, type DataMap, STREAM_VERSION } from './record.js'

const CHUNK = 1 << 20

export interface DecodeOptions {
  /** Take a bare sequence of data maps, without the safety of begin and end. */
  unframed?: boolean
  /** What messages call the stream; by default its `source`. */
  file?: string
}

/**
 * Bytes in, data maps out, and nothing asked of where bytes come from: fill `room()`, say how many came with `filled(n)`,
 * take maps with `next()` until it has none. Bytes in a map are views of the buffer, valid until the next `room()`.
 */
export class RecordDecoder {
  readonly #unframed: boolean
  readonly #file: string | undefined
  #buffer: Buffer<ArrayBufferLike> = Buffer.allocUnsafeSlow(CHUNK)
  #start = 0
  #end = 0
  /** Where in the stream the buffer's first byte lies. */
  #origin = 0
  /** Where in the buffer the map in question begins. */
  #at = 0
  #begin: Begin | undefined
  #open = false
  #count = 0

  constructor({ unframed = false, file }: DecodeOptions = {}) {
    this.#unframed = unframed
    this.#file = file
  }

  /** The begin map of the segment being read; undefined before it came. */
  get begin(): Begin | undefined {
    return this.#begin
  }

  /** Free space of at least `size` bytes; what was decoded before is gone. */
  room(size = 1): Buffer {
    const held = this.#end - this.#start
    if (this.#start > 0) {
      this.#buffer.copyWithin(0, this.#start, this.#end)
      this.#origin += this.#start
      this.#start = 0
      this.#end = held
    }
    if (this.#buffer.length - held < size || held === this.#buffer.length) {
      const larger = Buffer.allocUnsafeSlow(Math.max(2 * this.#buffer.length, held + size))
      this.#buffer.copy(larger, 0, 0, held)
      this.#buffer = larger
    }
    return this.#buffer.subarray(this.#end)
  }

  /** Says that the first `size` bytes of `room()` are filled. */
  filled(size: number): void {
    this.#end += size
  }

  /**
   * @returns the next data map, or undefined where more bytes are needed
   * @throws DataError where the stream breaks the protocol
   */
  next(): DataMap | undefined {
    while (this.#start < this.#end) {
      const map = this.#message()
      if (map === undefined) return undefined
      if (this.#unframed) return this.#counted(map)
      if (!this.#open) this.#beginSegment(map)
      else if (map.end === true) this.#endSegment(map)
      else if ('begin' in map) throw this.#error({ expected: 'a data map or the end', found: 'another begin' })
      else return this.#counted(map)
    }
    return undefined
  }

  /**
   * Says that no more bytes will come.
   *
   * @throws DataError where the stream is empty, or stopped before its end
   */
  finish(): void {
    this.#at = this.#start
    if (this.#start < this.#end)
      throw this.#error({ message: `stopped in the middle of a record, after ${records(this.#count)}` })
    if (this.#unframed) return
    if (this.#open) throw this.#error({ message: `stopped after ${records(this.#count)}`, expected: 'an end' })
    if (this.#begin === undefined) throw this.#error({ expected: 'a record stream', found: 'nothing' })
  }

  #message(): Record<string, unknown> | undefined {
    this.#at = this.#start
    try {
      const end = messageEnd(this.#buffer, this.#start, this.#end)
      if (end < 0) return undefined
      const map = decodeMap(this.#buffer, this.#start, end)
      this.#start = end
      return map
    } catch (error) {
      if (!(error instanceof DataError)) throw error
      this.#at = error.offset ?? this.#start
      // A picture or a text is not to be told of MessagePack.
      const foreign = !this.#unframed && this.#begin === undefined && error.expected === A_MAP
      const instead = { expected: 'a record stream, as image-dump or recordio-dump writes it', found: 'something else' }
      throw this.#error(foreign ? { ...error.fault, ...instead } : error.fault)
    }
  }

  #counted(map: Record<string, unknown>): DataMap {
    this.#count++
    return map
  }

  #beginSegment(map: Record<string, unknown>): void {
    if (map.begin !== STREAM_VERSION) {
      const found =
        'begin' in map ? `version ${map.begin}` : `a map of ${Object.keys(map).slice(0, 8).join(', ') || 'nothing'}`
      throw this.#error({ expected: `the begin of a record stream, version ${STREAM_VERSION}`, found })
    }
    this.#begin = map as unknown as Begin
    this.#open = true
    this.#count = 0
  }

  #endSegment(map: Record<string, unknown>): void {
    if (map.count !== this.#count) {
      throw this.#error({ expected: `an end after ${map.count} records`, found: `one after ${this.#count}` })
    }
    this.#open = false
  }

  #error(fault: { message?: string; expected?: string; found?: string }): DataError {
    const file = this.#file ?? this.#begin?.source ?? 'record stream'
    return new DataError({ ...fault, file, offset: this.#origin + this.#at, record: this.#count })
  }
}

function records(count: number): string {
  return count === 1 ? '1 record' : `${count} records`
}
