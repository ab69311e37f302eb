import type { DataMap } from '@tiny-face/record-stream'
import { RecordEncoder } from './encode-record.js'
import { SEED_KEYS } from './example-record.js'
import { ShardFile } from './shard-file.js'
import { Tally } from './tally.js'
import type { UnfinishedWrite } from './unfinished-write.js'
import type { WriteShardsOptions } from './write-options.js'
import { WriteThread } from './write-thread.js'

/** The bytes buffered for all shards together, and for one at most. */
const BUFFERED = 2 ** 25
const MAX_BUFFER = 2 ** 20

/** Writes record i to shard i modulo their number: all shards are open until the last record. */
export function writeInOrder(
  records: Iterable<DataMap>,
  names: readonly string[],
  unfinished: UnfinishedWrite,
  { begin = {}, keys = SEED_KEYS, compression, onRecord }: WriteShardsOptions,
): void {
  const buffers = names.length * (compression === undefined ? 1 : 2)
  const capacity = Math.min(MAX_BUFFER, Math.floor(BUFFERED / buffers))
  const tally = new Tally(begin, keys)
  const encoder = new RecordEncoder(keys, begin.source)
  const thread = new WriteThread()
  const files: ShardFile[] = []
  try {
    for (const name of names) files.push(new ShardFile(unfinished.partial, name, thread, { compression, capacity }))
    for (const record of records) {
      const bytes = encoder.write(record, files[tally.count % files.length]!.writer)
      tally.add(record)
      onRecord?.(bytes)
    }
    const shards = files.map(file => file.finish())
    unfinished.record({ input: { ...tally.totals, checksum: 0, ended: true }, shards })
  } finally {
    thread.close()
    for (const file of files) file.close()
  }
}
