import { Shuffler } from '@tiny-face/global-shuffle'
import type { DataMap } from '@tiny-face/record-stream'
import { WriteThread } from './output/write-thread.js'
import { takeInput } from './resumable-input.js'
import type { ShardFormat, WriteShardsOptions } from './shard-format.js'
import type { WriteJournal } from './write-journal.js'
import { ranksOf, writeRanked } from './write-ranked.js'

/**
 * Takes all records, then writes one shard after another. The journal learns of every `memory` bytes that are scattered on
 * disk, of the input's end, and of every finished shard.
 */
export function writeShuffled(
  records: Iterable<DataMap>,
  names: readonly string[],
  journal: WriteJournal,
  format: ShardFormat,
  options: WriteShardsOptions & { seed: number },
): void {
  const { seed, memory, tmp, onRecord, onShard } = options
  const { kept, input } = journal.entries
  const thread = new WriteThread()
  const shuffler = new Shuffler({ seed, memory, folder: tmp ?? journal.partial, keepIn: journal.scatter, kept })
  try {
    const isTaken = kept !== undefined && input?.ended === true
    const { count } = isTaken ? input : takeInput(records, shuffler, journal, format, options)
    const all = names.map((name, index) => ({ name, ...ranksOf(index, names.length, count) }))
    const left = all.slice(journal.entries.shards.length)
    writeRanked(shuffler.shuffled(left[0]?.from), left, journal, format, {
      thread,
      onEntry: isTaken ? entry => onRecord?.(entry.byteLength) : undefined,
      onShard({ to }) {
        shuffler.drop(to)
        onShard?.(journal.entries.shards.length)
      },
    })
  } finally {
    thread.close()
    shuffler.close()
  }
}
