import { MAX_INTEGER, MAX_STRING_BYTES } from '../pickle-limits.js'

/** Text and numbers as pickle's opcodes spell them. Each function returns undefined for what is no such thing. */

const utf8 = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true })

export function utf8Text(bytes: Uint8Array): string | undefined {
  if (bytes.length > MAX_STRING_BYTES) return undefined
  try {
    return utf8.decode(bytes)
  } catch {
    return undefined
  }
}

export function latin1Text(bytes: Uint8Array): string {
  return Buffer.from(bytes.buffer, bytes.byteOffset, bytes.length).toString('latin1')
}

/** Bytes of a text whose characters are all below 256: how protocols 0 to 2 of Python 3 spell bytes. */
export function latin1Bytes(text: string): Uint8Array | undefined {
  if (/[^\0-\xff]/.test(text)) return undefined
  const bytes = Buffer.from(text, 'latin1')
  return new Uint8Array(bytes.buffer, bytes.byteOffset, bytes.length)
}

/** UNICODE's raw-unicode-escape: latin-1 with `\uXXXX` and `\UXXXXXXXX`. */
export function rawUnicodeEscape(line: string): string | undefined {
  let valid = true
  const text = line.replace(/\\u([0-9a-fA-F]{4})?|\\U([0-9a-fA-F]{8})?/g, (_, short?: string, long?: string) => {
    const code = Number.parseInt(short ?? long ?? '', 16)
    if (code <= 0x10ffff) return String.fromCodePoint(code)
    valid = false
    return ''
  })
  return valid ? text : undefined
}

const ESCAPES: Record<string, number> = { n: 10, r: 13, t: 9, a: 7, b: 8, f: 12, v: 11, '\\': 92, "'": 39, '"': 34 }

/** STRING's quoted text, as Python 2's repr spells a str, into its bytes. */
export function quotedBytes(line: string): Uint8Array | undefined {
  const quote = line[0]
  if (line.length < 2 || (quote !== "'" && quote !== '"') || line.at(-1) !== quote) return undefined
  const bytes = new Uint8Array(line.length)
  let length = 0
  for (let i = 1; i < line.length - 1; i++) {
    let code: number | undefined = line.charCodeAt(i)
    if (line[i] === '\\') {
      i++
      const hex = /^x([0-9a-fA-F]{2})/.exec(line.slice(i, i + 3))
      code = hex ? Number.parseInt(hex[1]!, 16) : ESCAPES[line[i]!]
      if (hex) i += 2
      if (code === undefined || i >= line.length - 1) return undefined
    }
    bytes[length++] = code
  }
  return bytes.subarray(0, length)
}

export function decimalInteger(text: string): number | bigint | undefined {
  return /^\s*[+-]?\d+\s*$/.test(text) && text.length <= MAX_INTEGER
    ? plainInteger(BigInt(text.replace('+', '')))
    : undefined
}

export function decimalFloat(text: string): number | undefined {
  const special = /^([+-]?)(inf|nan)$/.exec(text)
  if (special) return special[2] === 'nan' ? Number.NaN : special[1] === '-' ? -Infinity : Infinity
  return /^[+-]?(\d+\.?\d*|\.\d+)([eE][+-]?\d+)?$/.test(text) ? Number(text) : undefined
}

/** LONG1's and LONG4's two's complement, little-endian, of any length. */
export function littleEndianInteger(bytes: Uint8Array): number | bigint {
  let value = 0n
  for (let i = bytes.length - 1; i >= 0; i--) value = (value << 8n) | BigInt(bytes[i]!)
  return plainInteger(BigInt.asIntN(bytes.length * 8, value))
}

/** A number where it holds the value exactly. */
export function plainInteger(value: bigint): number | bigint {
  return value <= BigInt(Number.MAX_SAFE_INTEGER) && value >= BigInt(Number.MIN_SAFE_INTEGER) ? Number(value) : value
}
