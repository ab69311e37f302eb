/**
 * The tar format, so far as WebDataset shards use it: ustar and pax (POSIX.1-2001) and GNU's long names. A member is a header
 * of 512 bytes and its data, filled up with zeros to a multiple of 512. The archive ends with two blocks of zeros; mostly more
 * follow, up to a multiple of 10,240 bytes.
 *
 *     byte  length
 *        0     100   name, up to its first zero byte
 *      100       8   mode            these numbers are octal digits, ended by a space or a zero byte;
 *      108       8   user id         a first byte of 0x80 says that the rest is a binary number, big-endian (GNU)
 *      116       8   group id
 *      124      12   size of the data
 *      136      12   time in seconds since 1970
 *      148       8   checksum: the sum of the header's bytes, the checksum itself taken as spaces
 *      156       1   type: 0 or a zero byte is a file, others are below
 *      157     100   target of a link
 *      257       6   "ustar" and a zero byte, or "ustar " (GNU)
 *      263       2   version: "00"
 *      265      32   name of the user
 *      297      32   name of the group
 *      329       8   device, major
 *      337       8   device, minor
 *      345     155   ustar: folders of the name, without the slash that ends them
 *
 * Type x has as data fields of the next member that its header has no room for, and type g fields of all that follow: lines
 * `LENGTH KEY=VALUE`, each as long as its LENGTH says, itself and the newline included. Type L has as data the next member's
 * name (GNU), K the target of its link. pax-and-long-names.ts joins these with the header that follows.
 */
import { DataError } from '@tiny-face/safe-files'

export const BLOCK_BYTES = 512

export interface TarHeader {
  name: string
  /** Of the data, in bytes. */
  size: number
  type: string
}

/** Where a header lies, for messages. */
export interface HeaderPlace {
  file: string
  offset: number
}

const NAME = [0, 100] as const
const SIZE = [124, 136] as const
const CHECKSUM = [148, 156] as const
const TYPE = 156
const MAGIC = [257, 263] as const
const PREFIX = [345, 500] as const

const USTAR = 'ustar\0'
const utf8 = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true })

/** Whether a block is one of those that end an archive. */
export function isZero(block: Uint8Array): boolean {
  return block.every(byte => byte === 0)
}

/** Bytes of zeros that follow so many bytes of data. */
export function paddingOf(size: number): number {
  return (BLOCK_BYTES - (size % BLOCK_BYTES)) % BLOCK_BYTES
}

/**
 * Reads a header.
 *
 * @throws DataError where its checksum or a number is wrong
 */
export function parseHeader(block: Buffer, place: HeaderPlace): TarHeader {
  const stored = numberOf(block.subarray(...CHECKSUM), 'the checksum', place)
  const computed = checksumOf(block)
  if (stored !== computed) {
    const found = `${computed}, the sum of its bytes`
    throw new DataError({ ...place, expected: `a tar header with checksum ${stored}`, found })
  }
  const magic = block.toString('latin1', ...MAGIC)
  const prefix = magic === USTAR ? textOf(block.subarray(...PREFIX)) : ''
  const name = textOf(block.subarray(...NAME))
  return {
    name: prefix === '' ? name : `${prefix}/${name}`,
    size: numberOf(block.subarray(...SIZE), 'the size', place),
    type: block[TYPE] === 0 ? '0' : String.fromCharCode(block[TYPE]!),
  }
}

/** The text up to the first zero byte. Names are UTF-8; one that is not is taken for Latin-1, so that no two become one. */
export function textOf(bytes: Buffer): string {
  const end = bytes.indexOf(0)
  const text = end === -1 ? bytes : bytes.subarray(0, end)
  try {
    return utf8.decode(text)
  } catch {
    return text.toString('latin1')
  }
}

function numberOf(field: Buffer, what: string, place: HeaderPlace): number {
  const value = field[0]! >= 0x80 ? binaryOf(field) : octalOf(field)
  if (value !== undefined && Number.isSafeInteger(value)) return value
  throw new DataError({
    ...place,
    expected: `a tar header with ${what} in octal digits`,
    found: JSON.stringify(field.toString('latin1')),
  })
}

function octalOf(field: Buffer): number | undefined {
  const digits = /^ *([0-7]*)(?:[ \0]|$)/.exec(field.toString('latin1'))?.[1]
  return digits === undefined ? undefined : Number.parseInt(digits || '0', 8)
}

/** @returns undefined where it is negative or has other bits than a number of a size has */
function binaryOf(field: Buffer): number | undefined {
  if (field[0] !== 0x80) return undefined
  return field.subarray(1).reduce((value, byte) => value * 256 + byte, 0)
}

function checksumOf(block: Buffer): number {
  const [from, to] = CHECKSUM
  let sum = (to - from) * 0x20
  for (let at = 0; at < BLOCK_BYTES; at++) if (at < from || at >= to) sum += block[at]!
  return sum
}

/**
 * Writes the header of a file at `start`: ustar, mode 0444, and no time, user or group, so that the same files make the same
 * archive.
 *
 * @param name at most 100 bytes of ASCII
 * @param size at most 8 GiB - 1
 */
export function writeHeader(bytes: Buffer, start: number, name: string, size: number): void {
  const block = bytes.subarray(start, start + BLOCK_BYTES)
  block.set(TEMPLATE)
  block.write(name, 'latin1')
  block.write(octal(size, 11), SIZE[0], 'latin1')
  block.write(`${octal(checksumOf(block), 6)}\0 `, CHECKSUM[0], 'latin1')
}

/** All that is the same in every header. */
const TEMPLATE = (() => {
  const block = Buffer.alloc(BLOCK_BYTES)
  block.write('0000444\x000000000\x000000000\0', 100, 'latin1')
  block.write(octal(0, 11), 136, 'latin1')
  block.write('0', TYPE, 'latin1')
  block.write(`${USTAR}00`, MAGIC[0], 'latin1')
  block.write('0000000\x000000000\0', 329, 'latin1')
  return block
})()

function octal(value: number, digits: number): string {
  return value.toString(8).padStart(digits, '0')
}
