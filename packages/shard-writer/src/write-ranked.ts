import { ShardFile } from './output/shard-file.js'
import type { WriteThread } from './output/write-thread.js'
import type { Totals } from './record-intake.js'
import type { ShardFormat } from './shard-format.js'
import type { WriteJournal } from './write-journal.js'

const BUFFER = 2 ** 18

/** A shard of a shuffled set: it holds the ranks `from` to before `to`. */
export interface RankedShard {
  name: string
  from: number
  to: number
}

/** Of `count` shuffled records, what shard `index` of `shards` holds. */
export function ranksOf(index: number, shards: number, count: number): { from: number; to: number } {
  const rank = (shard: number) => Math.floor((shard * count) / shards)
  return { from: rank(index), to: rank(index + 1) }
}

export interface WriteRankedOptions {
  thread: WriteThread
  /** Called for every record, as it lies in a shard. */
  onEntry?: ((entry: Uint8Array) => void) | undefined
  /** What the finished shards hold together, where that is not known before. */
  totals?: (() => Totals) | undefined
  /** Called for every shard that is finished, when the journal has learnt of it. */
  onShard: (shard: RankedShard) => void
}

/** Writes shards of shuffled records one after another; the journal learns of each that is finished. */
export function writeRanked(
  entries: Iterator<Uint8Array>,
  shards: readonly RankedShard[],
  journal: WriteJournal,
  { compression, end }: ShardFormat,
  { thread, onEntry, totals, onShard }: WriteRankedOptions,
): void {
  for (const shard of shards) {
    const file = new ShardFile(journal.partial, shard.name, thread, { compression, end, capacity: BUFFER })
    try {
      for (let rank = shard.from; rank < shard.to; rank++) {
        const entry = entries.next().value as Uint8Array
        file.output.append(entry)
        file.count++
        onEntry?.(entry)
      }
      const finished = [...journal.entries.shards, file.finish()]
      const input = totals === undefined ? journal.entries.input : { ...totals(), checksum: 0, ended: true }
      journal.record({ input, shards: finished })
    } catch (error) {
      thread.close()
      throw error
    } finally {
      file.close()
    }
    onShard(shard)
  }
}
