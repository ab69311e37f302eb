import { Shuffler } from '@tiny-face/global-shuffle'
import type { DataMap } from '@tiny-face/record-stream'
import { ShardFile } from './output/shard-file.js'
import { WriteThread } from './output/write-thread.js'
import { takeInput } from './resumable-input.js'
import type { ShardFormat, WriteShardsOptions } from './shard-format.js'
import type { WriteJournal } from './write-journal.js'

const BUFFER = 2 ** 18

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
  const { compression, end } = format
  const { kept, input } = journal.entries
  const thread = new WriteThread()
  const shuffler = new Shuffler({ seed, memory, folder: tmp ?? journal.partial, keepIn: journal.scatter, kept })
  try {
    const isTaken = kept !== undefined && input?.ended === true
    const { count } = isTaken ? input : takeInput(records, shuffler, journal, format, options)
    const rankOf = (shard: number) => Math.floor((shard * count) / names.length)
    const finished = journal.entries.shards.length
    const entries = shuffler.shuffled(rankOf(finished))
    for (const [index, name] of names.entries()) {
      if (index < finished) continue
      const file = new ShardFile(journal.partial, name, thread, { compression, end, capacity: BUFFER })
      try {
        for (let rank = rankOf(index); rank < rankOf(index + 1); rank++) {
          const entry = entries.next().value!
          file.output.append(entry)
          file.count++
          if (isTaken) onRecord?.(entry.byteLength)
        }
        journal.record({ shards: [...journal.entries.shards, file.finish()] })
      } catch (error) {
        thread.close()
        throw error
      } finally {
        file.close()
      }
      shuffler.drop(rankOf(index + 1))
      onShard?.(index + 1)
    }
  } finally {
    thread.close()
    shuffler.close()
  }
}
