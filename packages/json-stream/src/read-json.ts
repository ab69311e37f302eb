/**
 * The objects of JSON Lines, of one big array of objects, of objects one after another, or of one big object of objects, in
 * memory for one of them.
 *
 * stream-json parses; numbers are taken from its tokens, so that integers beyond 2^53 stay exact. A line that holds one
 * whole object with none of those is left to JSON.parse, which is four times as fast. What stream-json refuses goes through
 * its verifier once more, which tells the byte.
 */
import { isUtf8 } from 'node:buffer'
import { fstatSync, readSync } from 'node:fs'
import { DataError } from '@tiny-face/safe-files'
import { none } from 'stream-chain/core'
import { jsonParser, type Token } from 'stream-json/core/parser.js'
import { jsonVerifier, type VerifierError } from 'stream-json/core/utils/verifier.js'
import { JsonAssembly, type JsonItem } from './json-assembly.js'
import { type LinePiece, linePieces } from './line-pieces.js'
import { isPlain, PARSER_OPTIONS, tokensOf } from './parse-object.js'

type Place = Pick<LinePiece, 'line' | 'offset'>

export interface ReadJsonOptions {
  /** What messages call the source. */
  file: string
  /** Read an object whose first value is an object as many, each under its key: `{"7": {"age": 30}, …}`. */
  keyed?: boolean
}

/** The part of a file that is held to find the byte of an error in, where it cannot be read again. */
const HELD_BYTES = 1 << 20

/**
 * The objects of JSON behind a descriptor, read synchronously, each with the line on which it begins.
 *
 * @throws DataError with line and byte for what is no JSON or no UTF-8, for an item that is no object, is larger than
 *   MAX_JSON_BYTES or nests deeper than MAX_JSON_DEPTH, for integers beyond 64 bits, and for an empty file
 */
export function* readJson(fd: number, { file, keyed = false }: ReadJsonOptions): Generator<JsonItem> {
  const parse = jsonParser(PARSER_OPTIONS)
  const assembly = new JsonAssembly(file, keyed)
  const replay = new Replay(fd)
  const where = ({ line, offset }: Place) => ({ file: `${file}:${line}`, offset })
  let last: Place = { line: 1, offset: 0 }
  let empty = true

  function* itemsOf(text: string | typeof none, place: Place): Generator<JsonItem> {
    let tokens: Token[]
    try {
      tokens = tokensOf(parse(text as string))
    } catch (error) {
      throw syntaxError(error as Error, replay, where(place))
    }
    for (const token of tokens) {
      const item = guarded(place, () => assembly.take(token, place.line))
      if (item !== undefined) yield item
    }
  }
  function guarded<T>(place: Place, take: () => T): T {
    try {
      return take()
    } catch (error) {
      throw error instanceof DataError ? new DataError({ ...where(place), ...error.fault }) : error
    }
  }

  for (const piece of linePieces(fd)) {
    last = piece
    if (assembly.idle) replay.from(piece)
    replay.hold(piece)
    if (!isUtf8(piece.bytes)) {
      const offset = piece.offset + invalidByte(piece.bytes)
      throw new DataError({ ...where(piece), offset, expected: 'UTF-8', found: 'other bytes' })
    }
    const text = piece.bytes.toString()
    empty &&= text.trim() === ''
    const value = assembly.idle && !keyed ? wholeLine(text) : undefined
    if (value !== undefined) {
      yield { value, file, line: piece.line }
      continue
    }
    yield* itemsOf(text, piece)
    guarded(piece, () => assembly.taken(piece.bytes.length))
  }
  if (empty) throw new DataError({ file, expected: 'JSON', found: 'nothing' })
  yield* itemsOf(none, last)
}

/** @returns undefined where the text is not one whole object, or perhaps holds integers that JSON.parse would round */
function wholeLine(text: string): unknown {
  if (!text.startsWith('{') || !isPlain(text)) return undefined
  try {
    return JSON.parse(text)
  } catch {
    return undefined
  }
}

/** What was read since nothing was open, to be read again where it turns out to be wrong. */
class Replay {
  readonly #fd: number
  readonly #seekable: boolean
  #start = 0
  #end = 0
  #held: Uint8Array[] = []
  #size = 0

  constructor(fd: number) {
    this.#fd = fd
    this.#seekable = fstatSync(fd).isFile()
  }

  from({ offset }: LinePiece): void {
    this.#start = offset
    this.#held = []
    this.#size = 0
  }

  hold({ bytes, offset }: LinePiece): void {
    this.#end = offset + bytes.length
    this.#size += bytes.length
    if (this.#size <= HELD_BYTES) this.#held.push(Uint8Array.from(bytes))
    else this.#held = []
  }

  /** @returns undefined where it is gone */
  *bytes(): Generator<Buffer> {
    if (this.#size <= HELD_BYTES) yield* this.#held.map(bytes => Buffer.from(bytes))
    else if (this.#seekable) {
      const chunk = Buffer.allocUnsafe(HELD_BYTES)
      for (let at = this.#start; at < this.#end; ) {
        const size = readSync(this.#fd, chunk, 0, Math.min(chunk.length, this.#end - at), at)
        if (size === 0) return
        yield chunk.subarray(0, size)
        at += size
      }
    }
  }

  /** The byte at which the verifier stops, and what is there; undefined where the bytes are gone. */
  locate(): { offset: number; found: string } | undefined {
    const verify = jsonVerifier({ jsonStreaming: true })
    let size = 0
    let tail = ''
    try {
      for (const bytes of this.bytes()) {
        const text = bytes.toString('latin1') // a character a byte, so that the verifier counts bytes
        tail = text
        size += text.length
        verify(text)
      }
      verify(none as never)
    } catch (error) {
      const { offset } = error as VerifierError
      const character = tail.at(offset - size)
      const found = offset >= size || character === undefined ? 'the end' : JSON.stringify(character)
      return { offset: this.#start + offset, found }
    }
    return undefined
  }
}

/** stream-json's message, with the place that its verifier gives. */
function syntaxError(error: Error, replay: Replay, where: { file: string; offset: number }): DataError {
  const expected = /\bexpected (.+)$/.exec(error.message)?.[1] ?? expectedAt(error.message)
  const place = replay.locate()
  return new DataError({ ...where, offset: place?.offset ?? where.offset, expected, found: place?.found, cause: error })
}

/** What the messages that say only what is wrong would have. */
function expectedAt(message: string): string {
  if (message.endsWith("']'")) return 'a value'
  if (message.endsWith("'}'")) return 'an object key'
  return message.endsWith('escaped characters') ? 'a character of a string, or an escape' : 'an object'
}

/** Where UTF-8 ends in bytes that are not all of it. */
function invalidByte(bytes: Uint8Array): number {
  let at = 0
  while (at < bytes.length) {
    const lead = bytes[at]!
    const size = lead < 0x80 ? 1 : lead < 0xe0 ? 2 : lead < 0xf0 ? 3 : 4
    if (!isUtf8(bytes.subarray(at, at + size))) break
    at += size
  }
  return at
}
