/** The index of a `.rec` file, made anew from its records, or checked against them. */
import { AtomicFile, DataError, type RecordId } from '@tiny-face/safe-files'
import { BlockFile } from '../framing/block-file.js'
import { RecordFile } from '../read/record-file.js'
import { FileRun } from '../read/run-through-file.js'
import { indexPath, orderOfKeys } from './read-index.js'

/**
 * `id`: the id in each record's IRHeader, which im2rec and insightface give as its key. `number`: the record's number from 0,
 * as MXNet's tools/rec2idx.py does it.
 */
export type IndexKeys = 'id' | 'number'

export interface IndexSummary {
  file: string
  count: number
  /** What its keys are; undefined where they are the writer's own. */
  keys: IndexKeys | undefined
  /** Why keys are not ids, where nobody asked for other ones. */
  why?: string
}

export interface IndexOptions {
  /** What keys are to be. */
  keys?: IndexKeys | undefined
  /** Called for each record with its length in bytes. */
  progress?: (bytes: number) => void
}

/**
 * Writes `x.idx` for `x.rec`, in the order of the file. Keys are ids where every record has one of its own, else numbers.
 *
 * @param options.force replaces an index that exists
 * @throws DataError where an index exists, where the file is damaged, or where keys shall be ids and cannot
 */
export function rebuildIndex(
  path: string,
  { keys, force = false, progress }: IndexOptions & { force?: boolean } = {},
): IndexSummary {
  const index = new AtomicFile(indexPath(path), { force })
  try {
    const { offsets, ids } = readEntries(new RecordFile(path, { all: true, unindexed: true }), progress)
    const fault = keys === 'number' ? undefined : findFault(ids)
    if (keys === 'id' && fault !== undefined) {
      throw new DataError({ file: path, record: fault.record, expected: 'an id of its own', found: fault.found })
    }
    const byNumber = keys === 'number' || fault !== undefined
    const lines = new BlockFile(index)
    for (const [number, offset] of offsets.entries()) lines.text(`${byNumber ? number : ids[number]}\t${offset}\n`)
    lines.flush()
    index.commit()
    const why = fault === undefined ? undefined : `record ${fault.record} has ${fault.found}`
    return { file: index.path, count: offsets.length, keys: byNumber ? 'number' : 'id', ...(why && { why }) }
  } catch (error) {
    index.abort()
    throw error
  }
}

/**
 * Reads `x.rec` through and holds its `x.idx` against it.
 *
 * @throws DataError where there is no index, where it has no entry for a record or one for none, where a key comes twice or is
 *   not what `keys` wants, or where the file is damaged
 */
export function checkIndex(path: string, { keys: wanted, progress }: IndexOptions = {}): IndexSummary {
  const file = new RecordFile(path, { all: true })
  if (file.index === undefined) {
    file.close()
    throw new DataError({ file: indexPath(path), expected: 'an index', found: 'no such file' })
  }
  const { keys, file: name } = file.index
  const { ids } = readEntries(file, progress)
  const twice = findRepeated(keys)
  if (twice !== undefined) {
    throw new DataError({ file: name, record: twice, expected: 'a key of its own', found: `key ${keys[twice]} again` })
  }
  const expected = (used: IndexKeys, entry: number) => (used === 'id' ? ids[entry] : entry)
  const other = (used: IndexKeys) => ids.findIndex((_, entry) => keys[entry] !== expected(used, entry))
  const wrong = wanted === undefined ? -1 : other(wanted)
  if (wanted !== undefined && wrong >= 0) {
    const key = expected(wanted, wrong)
    const what = key === undefined ? 'an id in the record, which is its key' : `key ${key}`
    throw new DataError({ file: name, record: wrong, expected: what, found: `key ${keys[wrong]}` })
  }
  const used = (['id', 'number'] as const).find(used => other(used) < 0)
  const notId = other('id')
  const why =
    used === 'id'
      ? undefined
      : `record ${notId} has ${ids[notId] === undefined ? 'no id' : `id ${ids[notId]}`} under key ${keys[notId]}`
  return { file: name, count: keys.length, keys: used, ...(why && { why }) }
}

interface Entries {
  offsets: number[]
  ids: (number | bigint | undefined)[]
}

function readEntries(file: RecordFile, progress?: (bytes: number) => void): Entries {
  const entries: Entries = { offsets: [], ids: [] }
  try {
    const run = new FileRun(file)
    for (let record = run.next(); record !== undefined; record = run.next()) {
      entries.offsets.push(file.scanner.offset)
      entries.ids.push(file.unpacker.unpack(record, entries.ids.length)?.recordio?.id)
      progress?.(record.length)
    }
    return entries
  } finally {
    file.close()
  }
}

/** The first record whose id is no key. */
function findFault(ids: Entries['ids']): { record: number; found: string } | undefined {
  const without = ids.indexOf(undefined)
  if (without >= 0) return { record: without, found: 'no id' }
  const record = findRepeated(ids as RecordId[])
  return record === undefined ? undefined : { record, found: `id ${ids[record]}, which another has as well` }
}

function findRepeated(keys: ArrayLike<RecordId>): number | undefined {
  let ascending = 1
  while (ascending < keys.length && keys[ascending]! > keys[ascending - 1]!) ascending++
  if (ascending >= keys.length) return undefined
  const order = orderOfKeys(keys)
  const at = order.findIndex((place, i) => i > 0 && keys[place] === keys[order[i - 1]!])
  return at < 0 ? undefined : order[at]
}
