import { OPCODES } from '../opcodes/opcodes.js'
import { latin1Bytes, latin1Text, quotedBytes, rawUnicodeEscape, utf8Text } from '../opcodes/text-and-numbers.js'
import type { BytesInPickle } from '../values/pickle-value.js'
import type { PickleInput, Span } from './pickle-input.js'

type Spelling = (bytes: Uint8Array) => Uint8Array | undefined

const asItIs: Spelling = bytes => bytes
/** A text is bytes by `_codecs.encode(text, 'latin1')`. */
const utf8: Spelling = bytes => bytesOf(utf8Text(bytes))

/** How each opcode of strings spells bytes. */
const SPELLINGS: Record<string, Spelling> = {
  BINSTRING: asItIs,
  SHORT_BINSTRING: asItIs,
  BINBYTES: asItIs,
  SHORT_BINBYTES: asItIs,
  BINBYTES8: asItIs,
  BYTEARRAY8: asItIs,
  STRING: bytes => quotedBytes(latin1Text(bytes)),
  UNICODE: bytes => bytesOf(rawUnicodeEscape(latin1Text(bytes))),
  BINUNICODE: utf8,
  SHORT_BINUNICODE: utf8,
  BINUNICODE8: utf8,
}

/**
 * The bytes of a string that was left in the pickle. Those of a file are valid until the next read.
 *
 * @throws {PickleError} where the file has changed since
 */
export function readString(input: PickleInput, { offset, length }: BytesInPickle): Uint8Array {
  const { position, opcodeOffset, opcode } = input
  input.position = offset
  const { name, argument } = OPCODES[input.nextOpcode()] ?? { name: 'no opcode' }
  const spelling = SPELLINGS[name]
  const bytes = argument && spelling?.(input.content(argument(input) as Span))
  if (bytes?.length !== length) throw input.error(`a string of ${length} bytes, as before`, name)
  Object.assign(input, { position, opcodeOffset, opcode })
  return bytes
}

function bytesOf(text: string | undefined): Uint8Array | undefined {
  return text === undefined ? undefined : latin1Bytes(text)
}
