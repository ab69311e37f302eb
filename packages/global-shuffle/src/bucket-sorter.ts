import { randomUUID } from 'node:crypto'
import { join } from 'node:path'
import { Bucket } from './bucket.js'
import type { Entry, HeldEntries } from './held-entries.js'

export const BUCKETS = 64
/** 64^8 = 2^48: beyond, keys have no bits left to scatter by. */
const MAX_LEVELS = 8

/** Entries on disk that are read one after another. */
export interface EntryBucket {
  readonly count: number
  entries(): Iterable<Entry>
}

/** Gives entries that were scattered by the leading bits of their keys in the order of the keys, of equal ones the earlier first. */
export class BucketSorter {
  readonly #held: HeldEntries
  readonly #folder: string

  /** @param folder where what `held` has no room for is scattered again, in files without a name */
  constructor(held: HeldEntries, folder: string) {
    this.#held = held
    this.#folder = folder
  }

  /**
   * The bytes of all entries from rank `from` on; valid until the next one is asked for.
   *
   * @param level how many digits of their keys the entries of each bucket have in common, less one
   */
  *sorted(buckets: readonly (EntryBucket | undefined)[], from = 0, level = 0): Generator<Uint8Array, void, undefined> {
    let skipped = from
    for (const bucket of buckets) {
      if (bucket === undefined) continue
      if (bucket.count > skipped) {
        yield* this.#sort(bucket.entries(), level + 1, skipped)
        skipped = 0
      } else skipped -= bucket.count
    }
  }

  *#sort(entries: Iterable<Entry>, level: number, from: number): Generator<Uint8Array, void, undefined> {
    this.#held.clear()
    let buckets: (Bucket | undefined)[] | undefined
    try {
      for (const { key, bytes } of entries) {
        if (buckets !== undefined) this.#scatter(buckets, key, bytes, level)
        else if (!this.#held.add(key, bytes, level === MAX_LEVELS)) {
          buckets = new Array<Bucket | undefined>(BUCKETS).fill(undefined)
          for (const early of this.#held.inArrival()) this.#scatter(buckets, early.key, early.bytes, level)
          this.#scatter(buckets, key, bytes, level)
        }
      }
      if (buckets === undefined) yield* this.#held.sorted(from)
      else yield* this.sorted(buckets, from, level)
    } finally {
      for (const bucket of buckets ?? []) bucket?.close()
    }
  }

  #scatter(buckets: (Bucket | undefined)[], key: number, bytes: Uint8Array, level: number): void {
    const place = digit(key, level)
    buckets[place] ??= namelessBucket(this.#folder)
    buckets[place].add(key, bytes)
  }
}

/** The key's digit after the point, in base `BUCKETS`; level 0 is the first. */
export function digit(key: number, level: number): number {
  return Math.floor(key * BUCKETS ** (level + 1)) % BUCKETS
}

/** A bucket that vanishes with the process. */
export function namelessBucket(folder: string): Bucket {
  const bucket = new Bucket(join(folder, `shuffle-${randomUUID()}.partial`))
  bucket.unlink()
  return bucket
}

/** Where the bucket of a digit lies in a folder of buckets. */
export function bucketPath(folder: string, index: number): string {
  return join(folder, `bucket-${String(index).padStart(2, '0')}`)
}
