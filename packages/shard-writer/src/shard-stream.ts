import { progressBar } from '@tiny-face/command-shell'
import { stdinRecords } from '@tiny-face/record-stream'
import { UsageError } from '@tiny-face/safe-files'
import { MAX_SHARDS } from './manifest.js'
import type { ShardFormat } from './shard-format.js'
import { writeShards } from './write-shards.js'

export interface ShardStreamOptions {
  out: string
  shards: number
  shuffle?: number
  memory?: number
  tmp?: string
  resume?: boolean
  force?: boolean
  unframed?: boolean
}

/** Writes the record stream of standard input as a folder of shards. */
export function shardStream(format: ShardFormat, options: ShardStreamOptions): void {
  const { out: folder, shards, shuffle: seed, memory, tmp, resume, force, unframed } = options
  if (shards > MAX_SHARDS) throw new UsageError(`--shards is at most ${MAX_SHARDS}`)
  const reader = stdinRecords({ unframed })
  const { begin } = reader
  const bar = progressBar({ unit: 'records', total: begin.count })
  writeShards(reader, format, {
    ...{ folder, shards, seed, memory, tmp, resume, force, begin },
    onRecord: bytes => bar.advance(1, bytes),
    onShard(finished) {
      bar.note(`shard ${finished} of ${shards}`)
      bar.advance(0)
    },
  })
  bar.done()
}
