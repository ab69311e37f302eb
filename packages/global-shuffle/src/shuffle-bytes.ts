/**
 * A global shuffle in bounded memory: every order of the entries is equally likely, and which one it is depends only on the
 * seed and on how many there are.
 *
 * Entry i gets the key k_i, the i-th that `shuffleKeys` draws from the seed; the shuffled order is the order of the keys (of
 * equal keys the earlier entry is first). Where the entries do not fit the memory they are scattered into 64 buckets on disk
 * by the leading bits of their keys; then one bucket after another is read and sorted, or, where it does not fit either,
 * scattered again by the bits that follow. So the order is the same on both paths, and for every size of the memory.
 */
import { randomUUID } from 'node:crypto'
import { mkdirSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { Bucket, type BucketExtent } from './bucket.js'
import { type Entry, HeldEntries } from './held-entries.js'
import { shuffleKeys } from './shuffle-keys.js'
import { SHUFFLE_MEMORY } from './shuffle-memory.js'

const BUCKETS = 64
/** 64^8 = 2^48: beyond, keys have no bits left to scatter by. */
const MAX_LEVELS = 8

export interface ShuffleOptions {
  /** 0 … 2^32 - 1. */
  seed: number
  /** Where the buckets are written; the system's temporary folder by default. Their files have no name and vanish with the process. */
  folder?: string | undefined
  /** Bytes held at once: the entries' own and 64 more for each. */
  memory?: number | undefined
}

/** What a shuffle has on disk: given to another one, that one goes on from there. */
export interface KeptShuffle {
  /** The entries that were added. */
  count: number
  buckets: BucketExtent[]
}

export interface ShufflerOptions extends ShuffleOptions {
  /**
   * A folder of its own, for buckets that outlive the process: made when the first entry goes to disk. Entries that do not
   * fit when a bucket is read again go to nameless files in `folder`.
   */
  keepIn?: string
  /** What `save` said of the buckets in `keepIn`: the first entries are in there already, and when added again passed over. */
  kept?: KeptShuffle | undefined
}

/** Takes entries of bytes, then gives them back in the shuffled order. */
export class Shuffler {
  readonly #nextKey: () => number
  readonly #folder: string
  readonly #keepIn: string | undefined
  readonly #held: HeldEntries
  readonly #kept: number
  #buckets: (Bucket | undefined)[] | undefined
  #count = 0

  constructor({ seed, folder = tmpdir(), memory = SHUFFLE_MEMORY, keepIn, kept }: ShufflerOptions) {
    this.#nextKey = shuffleKeys(seed)
    this.#folder = folder
    this.#keepIn = keepIn
    this.#held = new HeldEntries(memory)
    this.#kept = kept?.count ?? 0
    this.#buckets = kept?.buckets.map((extent, index) => new Bucket(this.#keptPath(index), extent))
  }

  /** The entries added. */
  get count(): number {
    return this.#count
  }

  /** Whether entries have gone to disk. */
  get isOnDisk(): boolean {
    return this.#buckets !== undefined
  }

  /** @returns false where the entry was kept already */
  add(bytes: Uint8Array): boolean {
    const key = this.#nextKey()
    if (this.#count++ < this.#kept) return false
    if (this.#buckets !== undefined) this.#scatter(this.#buckets, key, bytes, 0)
    else if (!this.#held.add(key, bytes)) {
      if (this.#keepIn !== undefined) mkdirSync(this.#keepIn, { recursive: true })
      this.#buckets = new Array<Bucket | undefined>(BUCKETS).fill(undefined)
      for (const early of this.#held.inArrival()) this.#scatter(this.#buckets, early.key, early.bytes, 0)
      this.#held.clear()
      this.#scatter(this.#buckets, key, bytes, 0)
    }
    return true
  }

  /** Makes what was added safe on disk; undefined while all of it is in memory. */
  save(): KeptShuffle | undefined {
    if (this.#buckets === undefined) return undefined
    return {
      count: Math.max(this.#count, this.#kept),
      buckets: this.#buckets.map(bucket => bucket?.sync() ?? { count: 0, bytes: 0 }),
    }
  }

  /** The entries in the shuffled order, from rank `from` on; valid until the next one is asked for. */
  *shuffled(from = 0): Generator<Uint8Array, void, undefined> {
    if (this.#buckets === undefined) yield* this.#held.sorted(from)
    else yield* this.#drain(this.#buckets, 0, from)
  }

  /** Gives back the disk space of what ranks below `rank`. */
  drop(rank: number): void {
    let end = 0
    for (const [index, bucket] of (this.#buckets ?? []).entries()) {
      end += bucket?.count ?? 0
      if (end > rank) return
      bucket?.close()
      if (this.#keepIn !== undefined) rmSync(this.#keptPath(index), { force: true })
    }
  }

  close(): void {
    for (const bucket of this.#buckets ?? []) bucket?.close()
  }

  *#drain(buckets: (Bucket | undefined)[], level: number, from: number): Generator<Uint8Array, void, undefined> {
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
      else yield* this.#drain(buckets, level, from)
    } finally {
      for (const bucket of buckets ?? []) bucket?.close()
    }
  }

  #scatter(buckets: (Bucket | undefined)[], key: number, bytes: Uint8Array, level: number): void {
    const place = digit(key, level)
    buckets[place] ??= level === 0 && this.#keepIn !== undefined ? new Bucket(this.#keptPath(place)) : this.#nameless()
    buckets[place].add(key, bytes)
  }

  #keptPath(index: number): string {
    return join(this.#keepIn!, `bucket-${String(index).padStart(2, '0')}`)
  }

  #nameless(): Bucket {
    const bucket = new Bucket(join(this.#folder, `shuffle-${randomUUID()}.partial`))
    bucket.unlink()
    return bucket
  }
}

/** The key's digit after the point, in base `BUCKETS`; level 0 is the first. */
function digit(key: number, level: number): number {
  return Math.floor(key * BUCKETS ** (level + 1)) % BUCKETS
}
