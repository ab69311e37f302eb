import type { DataMap } from '@tiny-face/record-stream'
import { ShardFile } from './output/shard-file.js'
import { WriteThread } from './output/write-thread.js'
import { RecordIntake } from './record-intake.js'
import { firstNumber } from './set-parts.js'
import type { ShardFormat, WriteShardsOptions } from './shard-format.js'
import type { WriteJournal } from './write-journal.js'

/** The bytes buffered for all shards together, and for one at most. */
const BUFFERED = 2 ** 25
const MAX_BUFFER = 2 ** 20

/** Writes record i to shard i modulo their number: all shards are open until the last record. */
export function writeInOrder(
  records: Iterable<DataMap>,
  names: readonly string[],
  journal: WriteJournal,
  format: ShardFormat,
  { begin = {}, part, onRecord }: WriteShardsOptions,
): void {
  const { compression, end } = format
  const buffers = names.length * (compression === undefined ? 1 : 2)
  const capacity = Math.min(MAX_BUFFER, Math.floor(BUFFERED / buffers))
  const first = part !== undefined && format.isNumbered ? firstNumber(part, begin) : 0
  const intake = new RecordIntake(format, begin, first)
  const thread = new WriteThread()
  const files: ShardFile[] = []
  try {
    for (const name of names) files.push(new ShardFile(journal.partial, name, thread, { compression, end, capacity }))
    for (const record of records) {
      const file = files[intake.count % files.length]!
      const bytes = intake.put(record, file.output)
      file.count++
      onRecord?.(bytes)
    }
    // Of few records a part may have none.
    if (part === undefined) intake.checkNotEmpty()
    const shards = files.map(file => file.finish())
    journal.record({ input: { ...intake.totals, checksum: 0, ended: true }, shards })
  } finally {
    thread.close()
    for (const file of files) file.close()
  }
}
