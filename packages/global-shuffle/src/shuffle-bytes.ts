/**
 * A global shuffle in bounded memory: every order of the entries is equally likely, and which one it is depends only on the
 * seed and on how many there are.
 *
 * Entry i gets the key k_i, the i-th that `shuffleKeys` draws from the seed; the shuffled order is the order of the keys (of
 * equal keys the earlier entry is first). Where the entries do not fit the memory they are scattered into 64 buckets on disk
 * by the leading bits of their keys; then one bucket after another is read and sorted, or, where it does not fit either,
 * scattered again by the bits that follow. So the order is the same on both paths, and for every size of the memory.
 */
import { mkdirSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { Bucket, type BucketExtent } from './bucket.js'
import { BUCKETS, BucketSorter, bucketPath, digit, namelessBucket } from './bucket-sorter.js'
import { HeldEntries } from './held-entries.js'
import { shuffleKeys } from './shuffle-keys.js'
import { SHUFFLE_MEMORY } from './shuffle-memory.js'

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
  /** The number of the first entry, where others take those before it: see `gatherShuffled`. */
  first?: number | undefined
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

  constructor({ seed, first, folder = tmpdir(), memory = SHUFFLE_MEMORY, keepIn, kept }: ShufflerOptions) {
    this.#nextKey = shuffleKeys(seed, first)
    this.#folder = folder
    this.#keepIn = keepIn
    this.#held = new HeldEntries(memory)
    this.#kept = kept?.count ?? 0
    this.#buckets = kept?.buckets.map((extent, index) => new Bucket(bucketPath(keepIn!, index), extent))
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
    if (this.#buckets === undefined && this.#held.add(key, bytes)) return true
    this.#scatter(this.#onDisk(), key, bytes)
    return true
  }

  /** Puts on disk what is still held, so that `save` saves all. */
  spill(): void {
    this.#onDisk()
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
    else yield* new BucketSorter(this.#held, this.#folder).sorted(this.#buckets, from)
  }

  /** Gives back the disk space of what ranks below `rank`. */
  drop(rank: number): void {
    let end = 0
    for (const [index, bucket] of (this.#buckets ?? []).entries()) {
      end += bucket?.count ?? 0
      if (end > rank) return
      bucket?.close()
      if (this.#keepIn !== undefined) rmSync(bucketPath(this.#keepIn, index), { force: true })
    }
  }

  close(): void {
    for (const bucket of this.#buckets ?? []) bucket?.close()
  }

  /** The buckets; made, and filled with what is held, where there are none yet. */
  #onDisk(): (Bucket | undefined)[] {
    if (this.#buckets !== undefined) return this.#buckets
    if (this.#keepIn !== undefined) mkdirSync(this.#keepIn, { recursive: true })
    this.#buckets = new Array<Bucket | undefined>(BUCKETS).fill(undefined)
    for (const { key, bytes } of this.#held.inArrival()) this.#scatter(this.#buckets, key, bytes)
    this.#held.clear()
    return this.#buckets
  }

  #scatter(buckets: (Bucket | undefined)[], key: number, bytes: Uint8Array): void {
    const place = digit(key, 0)
    buckets[place] ??=
      this.#keepIn === undefined ? namelessBucket(this.#folder) : new Bucket(bucketPath(this.#keepIn, place))
    buckets[place].add(key, bytes)
  }
}
