/**
 * A global shuffle in bounded memory: every order of the records is equally likely, and which one it is depends only on the
 * seed and the records.
 *
 * Record i gets the key k_i, the i-th number that MT19937 draws from the seed (53 bits, 0 <= k < 1); the shuffled order is
 * the order of the keys (of equal keys the earlier record is first). Where the records do not fit the memory they are
 * scattered into buckets on disk by the leading bits of their keys; then one bucket after another is read and sorted, or,
 * where it does not fit either, scattered again by the bits that follow. So the order is the same on both paths.
 */
import { randomUUID } from 'node:crypto'
import { closeSync, openSync, unlinkSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { copyRecord, type DataMap, RecordReader, RecordWriter } from '@tiny-face/record-stream'
import { uniformFloat64 } from 'pure-rand/distribution/uniformFloat64'
import { mersenne } from 'pure-rand/generator/mersenne'

/** The bytes of records held at once: 1 GiB. */
export const SHUFFLE_MEMORY = 1 << 30

const BUCKETS = 64
/** 64^8 = 2^48: beyond, keys have no bits left to scatter by. */
const MAX_LEVELS = 8
/** What a held record takes beside its bytes. */
const RECORD_OVERHEAD = 512

export interface ShuffleOptions {
  /** 0 … 2^32 - 1. */
  seed: number
  /** Where the buckets are written; the system's temporary folder by default. Their files have no name and vanish with the process. */
  folder?: string
  /** Bytes held at once. */
  memory?: number
}

interface Keyed {
  key: number
  record: DataMap
}

/** Takes all records, then yields them in the shuffled order; each owns its bytes. */
export function* shuffleRecords(
  records: Iterable<DataMap>,
  { seed, folder = tmpdir(), memory = SHUFFLE_MEMORY }: ShuffleOptions,
): Generator<DataMap, void, undefined> {
  for (const { record } of sorted(keyed(records, seed), 0)) yield record

  function* sorted(items: Iterable<Keyed>, level: number): Generator<Keyed, void, undefined> {
    let held: Keyed[] = []
    let bytes = 0
    let buckets: (Bucket | undefined)[] | undefined
    try {
      for (const item of items) {
        if (buckets === undefined) {
          held.push({ key: item.key, record: copyRecord(item.record) })
          bytes += RECORD_OVERHEAD + byteLength(item.record)
          if (bytes <= memory || held.length === 1 || level === MAX_LEVELS) continue
          buckets = new Array<Bucket | undefined>(BUCKETS).fill(undefined)
          for (const early of held) scatter(buckets, early, level)
          held = []
        } else scatter(buckets, item, level)
      }
      if (buckets === undefined) yield* held.sort((a, b) => a.key - b.key)
      else for (const bucket of buckets) if (bucket !== undefined) yield* sorted(bucket.drain(), level + 1)
    } finally {
      for (const bucket of buckets ?? []) bucket?.close()
    }
  }

  function scatter(buckets: (Bucket | undefined)[], item: Keyed, level: number): void {
    const place = digit(item.key, level)
    buckets[place] ??= new Bucket(folder)
    buckets[place].add(item)
  }
}

function* keyed(records: Iterable<DataMap>, seed: number): Generator<Keyed, void, undefined> {
  const random = mersenne(seed)
  for (const record of records) yield { key: uniformFloat64(random), record }
}

/** The key's digit after the point, in base `BUCKETS`; level 0 is the first. */
function digit(key: number, level: number): number {
  return Math.floor(key * BUCKETS ** (level + 1)) % BUCKETS
}

function byteLength(value: unknown): number {
  if (value instanceof Uint8Array) return value.byteLength
  if (typeof value === 'string') return 2 * value.length
  if (value === null || typeof value !== 'object') return 0
  return Object.values(value).reduce((sum, inner) => sum + byteLength(inner), 0)
}

/** A file of keyed records, itself a record stream, in the order of their arrival. */
class Bucket {
  readonly #writeFd: number
  readonly #readFd: number
  readonly #writer: RecordWriter

  constructor(folder: string) {
    const path = join(folder, `shuffle-${randomUUID()}.partial`)
    this.#writeFd = openSync(path, 'wx', 0o600)
    this.#readFd = openSync(path, 'r')
    unlinkSync(path)
    this.#writer = new RecordWriter(this.#writeFd)
  }

  add({ key, record }: Keyed): void {
    this.#writer.write({ key, record })
  }

  *drain(): Generator<Keyed, void, undefined> {
    this.#writer.end()
    for (const item of new RecordReader(this.#readFd)) yield item as unknown as Keyed
  }

  close(): void {
    closeSync(this.#writeFd)
    closeSync(this.#readFd)
  }
}
