/**
 * The index beside a file (`x.idx` beside `x.rec`; python/mxnet/recordio.py `MXIndexedRecordIO`): lines of text
 *
 *     key \t offset \n
 *
 * with the record's key, a whole number as a rule, and where in the file its first part begins.
 */
import { closeSync, openSync } from 'node:fs'
import { DataError, type RecordId, readChunk } from '@tiny-face/record-stream'

export interface RecordIndex {
  file: string
  /** Keys and offsets, in the order of the offsets; 16 bytes an entry. */
  keys: RecordId[]
  offsets: number[]
}

const CHUNK_BYTES = 1 << 20
/** The longest line: two numbers of 64 bits, or a key that is a name. */
export const MAX_INDEX_LINE = 4096

/** The index's name beside a file. */
export function indexPath(path: string): string {
  return `${path.replace(/\.rec$/, '')}.idx`
}

/**
 * Reads an index whole.
 *
 * @returns undefined where there is no such file
 * @throws DataError where a line is not a key and an offset
 */
export function readIndex(file: string): RecordIndex | undefined {
  const index: RecordIndex = { file, keys: [], offsets: [] }
  let fd: number
  try {
    fd = openSync(file, 'r')
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return undefined
    throw error
  }
  try {
    const chunk = new Uint8Array(CHUNK_BYTES)
    let rest = ''
    let offset = 0
    for (;;) {
      const size = readChunk(fd, chunk)
      const lines = (rest + Buffer.from(chunk.buffer, 0, size).toString('latin1')).split('\n')
      rest = size === 0 ? '' : lines.pop()!
      for (const line of lines) {
        if (line.trim() !== '') addLine(index, line, offset)
        offset += line.length + 1
      }
      if (rest.length > MAX_INDEX_LINE) addLine(index, rest, offset)
      if (size === 0) return inOrderOfOffsets(index)
    }
  } finally {
    closeSync(fd)
  }
}

/** Entries in the order of their keys, as `MXIndexedRecordIO` users read them. */
export function inOrderOfKeys({ file, keys, offsets }: RecordIndex): RecordIndex {
  const order = Array.from(keys, (_, i) => i).sort((a, b) =>
    keys[a]! < keys[b]! ? -1 : keys[a]! > keys[b]! ? 1 : a - b,
  )
  return { file, keys: order.map(i => keys[i]!), offsets: order.map(i => offsets[i]!) }
}

function inOrderOfOffsets(index: RecordIndex): RecordIndex {
  const { file, keys, offsets } = index
  if (offsets.every((offset, i) => i === 0 || offset > offsets[i - 1]!)) return index
  const order = Array.from(offsets, (_, i) => i).sort((a, b) => offsets[a]! - offsets[b]!)
  return { file, keys: order.map(i => keys[i]!), offsets: order.map(i => offsets[i]!) }
}

function addLine({ file, keys, offsets }: RecordIndex, line: string, lineOffset: number): void {
  const tab = line.indexOf('\t')
  const key = line.slice(0, tab)
  const offset = line.slice(tab + 1).trim()
  if (tab < 1 || line.length > MAX_INDEX_LINE || !/^\d{1,15}$/.test(offset)) {
    const found = JSON.stringify(line.slice(0, 40))
    throw new DataError({
      file,
      offset: lineOffset,
      record: keys.length,
      expected: 'a key, a tab and an offset',
      found,
    })
  }
  keys.push(parseKey(key))
  offsets.push(Number(offset))
}

function parseKey(key: string): RecordId {
  if (!/^\d{1,20}$/.test(key)) return Buffer.from(key, 'latin1').toString('utf8')
  const number = Number(key)
  return Number.isSafeInteger(number) ? number : BigInt(key)
}
