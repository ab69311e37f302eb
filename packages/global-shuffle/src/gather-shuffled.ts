import { closeSync, openSync, readSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { type BucketExtent, cutOff } from './bucket.js'
import { BUCKETS, BucketSorter, bucketPath, type EntryBucket } from './bucket-sorter.js'
import { type Entry, HeldEntries } from './held-entries.js'
import { readEntries } from './read-entries.js'
import type { ShuffleOptions } from './shuffle-bytes.js'
import { SHUFFLE_MEMORY } from './shuffle-memory.js'

/** What one of several shufflers, each with a part of the entries, has put on disk. */
export interface ScatteredEntries {
  /** The folder of its buckets. */
  folder: string
  buckets: readonly BucketExtent[]
}

export interface GatherOptions extends Omit<ShuffleOptions, 'seed'> {
  /** The first rank that is given. */
  from?: number
}

/**
 * The entries that several shufflers of one seed have scattered, each from the number on that its `first` says, in the order in which one
 * shuffler of all of them gives them. Reads those buckets alone in which the ranks lie that are asked for; any number of processes may read
 * the same ones at a time.
 *
 * @param parts in the order of the entries' numbers
 * @returns their bytes, from rank `from` on; valid until the next one is asked for
 */
export function gatherShuffled(
  parts: readonly ScatteredEntries[],
  { from = 0, folder = tmpdir(), memory = SHUFFLE_MEMORY }: GatherOptions = {},
): Generator<Uint8Array, void, undefined> {
  const buckets = Array.from({ length: BUCKETS }, (_, index) => joined(parts, index))
  return new BucketSorter(new HeldEntries(memory), folder).sorted(buckets, from)
}

/** The buckets of one digit, one after another: of equal keys, the entry with the lower number stays the earlier. */
function joined(parts: readonly ScatteredEntries[], index: number): EntryBucket {
  return {
    count: parts.reduce((sum, { buckets }) => sum + (buckets[index]?.count ?? 0), 0),
    *entries() {
      for (const { folder, buckets } of parts) {
        const count = buckets[index]?.count ?? 0
        if (count > 0) yield* entriesOf(bucketPath(folder, index), count)
      }
    },
  }
}

function* entriesOf(path: string, count: number): Generator<Entry, void, undefined> {
  const fd = openSync(path, 'r')
  try {
    yield* readEntries(count, (buffer, start, position) => {
      const read = readSync(fd, buffer, start, buffer.length - start, position)
      if (read === 0) throw cutOff(path)
      return read
    })
  } finally {
    closeSync(fd)
  }
}
