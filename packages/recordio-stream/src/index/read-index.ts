/**
 * The index beside a file (`x.idx` beside `x.rec`; python/mxnet/recordio.py `MXIndexedRecordIO`): lines of text
 *
 *     key \t offset \n
 *
 * with the record's key, a whole number as a rule, and where in the file its first part begins.
 */
import { closeSync, existsSync, fstatSync, openSync } from 'node:fs'
import { DataError, type RecordId, readChunk } from '@tiny-face/safe-files'
import { IndexEntries } from './index-entries.js'

export interface RecordIndex {
  file: string
  /** Keys and offsets, in the order of the offsets. */
  keys: ArrayLike<RecordId>
  offsets: ArrayLike<number>
}

const CHUNK_BYTES = 1 << 20
const NEWLINE = 0x0a
const TAB = 0x09
const ZERO = 0x30
/** So many digits are less than 2^53. */
const MAX_DIGITS = 15
/** What a line takes in a dataset of millions: more lines than so foretold make the entries grow. */
const USUAL_LINE = 16
/** The longest line: two numbers of 64 bits, or a key that is a name. */
export const MAX_INDEX_LINE = 4096

/** The index's name beside a file: `.idx`, or what it is called there, as files from Windows may be in capitals. */
export function indexPath(path: string): string {
  const [name, ...others] = ['.idx', '.IDX', '.Idx'].map(extension => `${path.replace(/\.rec$/i, '')}${extension}`)
  return [name!, ...others].find(existsSync) ?? name!
}

/**
 * Reads an index whole.
 *
 * @param of the file that it is of, for errors
 * @returns undefined where there is no such file
 * @throws DataError where a line is not a key and an offset
 */
export function readIndex(file: string, of = file.replace(/\.idx$/i, '.rec')): RecordIndex | undefined {
  let fd: number
  try {
    fd = openSync(file, 'r')
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return undefined
    throw error
  }
  try {
    const chunk = Buffer.allocUnsafeSlow(CHUNK_BYTES)
    const entries = new IndexEntries(Math.ceil(fstatSync(fd).size / USUAL_LINE))
    let origin = 0
    let held = 0
    for (;;) {
      const size = readChunk(fd, chunk, held)
      const end = held + size
      let start = 0
      for (
        let newline = chunk.indexOf(NEWLINE);
        newline >= 0 && newline < end;
        newline = chunk.indexOf(NEWLINE, start)
      ) {
        addLine(entries, { file, of }, chunk, start, newline, origin)
        start = newline + 1
      }
      if (size === 0 || end - start > MAX_INDEX_LINE) addLine(entries, { file, of }, chunk, start, end, origin)
      if (size === 0) return inOrderOfOffsets(entries, file)
      chunk.copyWithin(0, start, end)
      origin += start
      held = end - start
    }
  } finally {
    closeSync(fd)
  }
}

/** Which entry comes when, in the order of their keys: numbers first, then names. */
export function orderOfKeys(keys: ArrayLike<RecordId>): Uint32Array {
  return Uint32Array.from(keys, (_, i) => i).sort((a, b) => compareKeys(keys[a]!, keys[b]!))
}

function compareKeys(a: RecordId, b: RecordId): number {
  if ((typeof a === 'string') !== (typeof b === 'string')) return typeof a === 'string' ? 1 : -1
  return a < b ? -1 : a > b ? 1 : 0
}

function inOrderOfOffsets({ keys, offsets }: IndexEntries, file: string): RecordIndex {
  if (offsets.every((offset, i) => i === 0 || offset > offsets[i - 1]!)) return { file, keys, offsets }
  const order = Uint32Array.from(offsets, (_, i) => i).sort((a, b) => offsets[a]! - offsets[b]!)
  return { file, keys: Array.from(order, i => keys[i]!), offsets: Float64Array.from(order, i => offsets[i]!) }
}

/** For errors. */
interface IndexNames {
  file: string
  of: string
}

function addLine(
  entries: IndexEntries,
  names: IndexNames,
  bytes: Buffer,
  start: number,
  end: number,
  origin: number,
): void {
  if (!addNumbers(entries, bytes, start, end)) addText(entries, names, bytes.subarray(start, end), origin + start)
}

/** The hot path, a dataset has millions of lines: two whole numbers that a Number holds, and nothing else. */
function addNumbers(entries: IndexEntries, bytes: Buffer, start: number, end: number): boolean {
  let at = start
  let key = 0
  for (let digit = bytes[at]! - ZERO; at < end && digit >= 0 && digit <= 9; digit = bytes[++at]! - ZERO)
    key = key * 10 + digit
  const tab = at
  let offset = 0
  at++
  for (let digit = bytes[at]! - ZERO; at < end && digit >= 0 && digit <= 9; digit = bytes[++at]! - ZERO)
    offset = offset * 10 + digit
  if (tab === start || tab - start > MAX_DIGITS || bytes[tab] !== TAB) return false
  if (at !== end || at === tab + 1 || at - tab - 1 > MAX_DIGITS) return false
  entries.push(key, offset)
  return true
}

function addText(entries: IndexEntries, { file, of }: IndexNames, line: Buffer, lineOffset: number): void {
  const [key = '', offset = '', ...more] = line.toString('utf8', 0, MAX_INDEX_LINE).trimEnd().split('\t')
  if (key === '' && offset === '') return
  if (key === '' || !/^\d{1,15}$/.test(offset) || more.length > 0 || line.length > MAX_INDEX_LINE) {
    const found = JSON.stringify(line.toString('utf8', 0, 40))
    throw new DataError({
      file,
      offset: lineOffset,
      record: entries.length,
      expected: 'a key, a tab and an offset',
      found: `${found}; ${mending(of)}`,
    })
  }
  entries.push(/^\d{1,20}$/.test(key) ? exactNumber(key) : key, Number(offset))
}

function exactNumber(text: string): number | bigint {
  const number = Number(text)
  return Number.isSafeInteger(number) ? number : BigInt(text)
}

/** An index that is not its file's: an older one's, another's, or one with an entry that cannot be. */
export function staleIndex(
  { file, offsets }: RecordIndex,
  entry: number,
  { path, size }: { path: string; size: number | undefined },
  expected: string,
  found: string,
): DataError {
  const offset = offsets[entry]
  if (offset !== undefined && size !== undefined && (offset >= size || offset % 4 !== 0)) {
    return new DataError({
      file,
      record: entry,
      expected: `an offset where a record can begin, a multiple of 4 below the ${size} bytes of ${path}`,
      found: `${offset}: the index is another file's, or this one was cut; ${mending(path)}`,
    })
  }
  return new DataError({ file, record: entry, message: 'stale index', expected, found: `${found}; ${mending(path)}` })
}

function mending(path: string): string {
  return `recordio-index --force ${path} makes it anew`
}
