/*
 * The sorted table of TensorFlow's .index (tensorflow/core/lib/io/table_format.txt, as LevelDB has it), little-endian:
 *
 *     block    entries, then uint32 × n the places of restart points, then uint32 n
 *     trailer  behind each block: 1 byte of compression (0 none, 1 snappy), uint32 masked CRC-32C of block and that byte
 *     footer   the last 48 bytes: handle of the metaindex block, handle of the index block, zeros, 8 bytes of magic
 *
 *     entry    varint bytes that its key shares with the key before, varint other bytes of the key, varint bytes of the value,
 *              the key's other bytes, the value. At a restart point nothing is shared.
 *     handle   varint where a block begins, varint its length without the trailer
 *
 * The index block has an entry for each data block: a key at or behind its last, and its handle.
 */
import type { FileBytes } from '../file-bytes.js'
import { MAX_INDEX_BYTES, MAX_TENSORS } from '../weight-limits.js'
import { maskedChecksum } from './masked-checksum.js'

export const TABLE_MAGIC = Buffer.from('57fb808b247547db', 'hex')
const FOOTER_BYTES = 48
const TRAILER_BYTES = 5

interface Handle {
  readonly start: number
  readonly length: number
}

/** A piece of the table, read field by field; `at` is where in the file it lies. */
interface Piece {
  readonly bytes: Buffer
  readonly at: number
}

/** @throws DataError where the table is damaged, or packed */
export function readTable(file: FileBytes): ReadonlyMap<string, Buffer> {
  if (file.size > MAX_INDEX_BYTES) throw file.error(0, `an index of at most ${MAX_INDEX_BYTES} bytes`, `${file.size}`)
  const footerAt = Math.max(0, file.size - FOOTER_BYTES)
  const footer: Piece = { bytes: file.read(footerAt, FOOTER_BYTES, "the table's footer"), at: footerAt }
  if (!footer.bytes.subarray(FOOTER_BYTES - TABLE_MAGIC.length).equals(TABLE_MAGIC))
    throw file.error(footerAt, "a table's footer", 'other bytes')
  const { next } = handle(file, footer, 0)
  const index = entriesOf(file, handle(file, footer, next).handle)
  const table = new Map<string, Buffer>()
  for (const { value } of index) {
    for (const entry of entriesOf(file, handle(file, value, 0).handle)) {
      if (table.has(entry.key))
        throw file.error(entry.value.at, 'keys that differ', `two of ${JSON.stringify(entry.key.slice(0, 100))}`)
      if (table.size >= MAX_TENSORS) throw file.error(entry.value.at, `at most ${MAX_TENSORS} entries`, 'more')
      table.set(entry.key, entry.value.bytes)
    }
  }
  return table
}

function entriesOf(file: FileBytes, { start, length }: Handle): { key: string; value: Piece }[] {
  const block = file.read(start, length + TRAILER_BYTES, 'a block of the table')
  const packing = block[length]
  if (packing !== 0)
    throw file.error(start + length, 'a block that is not packed', packing === 1 ? 'snappy' : `${packing}`)
  const expected = block.readUInt32LE(length + 1)
  const found = maskedChecksum(block.subarray(0, length + 1))
  if (found !== expected) throw file.error(start, `a block of checksum ${expected}`, `${found}`)
  if (length < 4) throw file.error(start, 'a block with its restart points', `${length} bytes`)
  const end = length - 4 - 4 * block.readUInt32LE(length - 4)
  if (end < 0) throw file.error(start + length - 4, "a block's restart points within it", 'more')
  const piece: Piece = { bytes: block.subarray(0, end), at: start }
  const entries: { key: string; value: Piece }[] = []
  let key = Buffer.alloc(0)
  for (let position = 0; position < end; ) {
    const shared = varint(file, piece, position)
    const own = varint(file, piece, shared.next)
    const size = varint(file, piece, own.next)
    const keyAt = size.next
    const valueAt = keyAt + own.value
    position = valueAt + size.value
    if (shared.value > key.length || position > end)
      throw file.error(
        start + keyAt,
        'an entry within its block',
        `key ${shared.value} + ${own.value}, value ${size.value} bytes`,
      )
    if (entries.length >= MAX_TENSORS) throw file.error(start + keyAt, `at most ${MAX_TENSORS} entries`, 'more')
    key = Buffer.concat([key.subarray(0, shared.value), piece.bytes.subarray(keyAt, valueAt)])
    if (key.length > MAX_INDEX_BYTES / MAX_TENSORS + 4096)
      throw file.error(start + keyAt, 'a key of at most 4608 bytes', `${key.length}`)
    entries.push({
      key: key.toString('utf8'),
      value: { bytes: piece.bytes.subarray(valueAt, position), at: start + valueAt },
    })
  }
  return entries
}

function handle(file: FileBytes, piece: Piece, at: number): { handle: Handle; next: number } {
  const start = varint(file, piece, at)
  const length = varint(file, piece, start.next)
  return { handle: { start: start.value, length: length.value }, next: length.next }
}

function varint(file: FileBytes, { bytes, at }: Piece, position: number): { value: number; next: number } {
  let value = 0
  for (let i = 0; i < 8; i++) {
    const byte = bytes[position + i]
    if (byte === undefined) break
    value += (byte & 0x7f) * 2 ** (7 * i)
    if (byte < 0x80) return { value, next: position + i + 1 }
  }
  throw file.error(at + position, 'a whole varint', 'the end, or a longer one')
}
