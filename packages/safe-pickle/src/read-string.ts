import { OPCODES } from './opcodes.js'
import { latin1Bytes, latin1Text, quotedBytes, rawUnicodeEscape, utf8Text } from './pickle-bytes.js'
import type { PickleInput, Span } from './pickle-input.js'
import type { BytesInPickle } from './pickle-value.js'

/** How the opcodes spell bytes that do not spell them as they are; texts are bytes by `_codecs.encode(text, 'latin1')`. */
const SPELLINGS: Record<string, (bytes: Uint8Array) => Uint8Array | undefined> = {
  STRING: bytes => quotedBytes(latin1Text(bytes)),
  UNICODE: bytes => bytesOf(rawUnicodeEscape(latin1Text(bytes))),
  BINUNICODE: bytes => bytesOf(utf8Text(bytes)),
  SHORT_BINUNICODE: bytes => bytesOf(utf8Text(bytes)),
  BINUNICODE8: bytes => bytesOf(utf8Text(bytes)),
}

/**
 * The bytes of a string that was left in the pickle. Those of a file are valid until the next read.
 *
 * @throws {PickleError} where the file has changed since
 */
export function readString(input: PickleInput, { offset, length }: BytesInPickle): Uint8Array {
  const { position, opcodeOffset, opcode } = input
  input.position = offset
  const { name, argument } = OPCODES[input.nextOpcode()] ?? { name: '', argument: () => ({ start: 0, length: -1 }) }
  input.opcode = name
  const content = input.content(argument(input) as Span)
  const bytes = SPELLINGS[name]?.(content) ?? content
  if (bytes.length !== length) throw input.error(`the ${length} bytes that were there before`, `${bytes.length}`)
  Object.assign(input, { position, opcodeOffset, opcode })
  return bytes
}

function bytesOf(text: string | undefined): Uint8Array | undefined {
  return text === undefined ? undefined : latin1Bytes(text)
}
