import { type Part, progressBar } from '@tiny-face/command-shell'
import { stdinRecords } from '@tiny-face/record-stream'
import { UsageError } from '@tiny-face/safe-files'
import { MAX_SHARDS } from './manifest.js'
import { scatterShards } from './scatter-shards.js'
import type { ShardFormat } from './shard-format.js'
import { writeShards } from './write-shards.js'

export interface ShardStreamOptions {
  out: string
  shards: number
  shuffle?: number
  memory?: number
  tmp?: string
  part?: Part
  resume?: boolean
  force?: boolean
  unframed?: boolean
}

/** Writes the record stream of standard input as a folder of shards, or one part of it. */
export function shardStream(format: ShardFormat, options: ShardStreamOptions): void {
  const { out: folder, shards, shuffle: seed, memory, tmp, part, resume, force, unframed } = options
  if (shards > MAX_SHARDS) throw new UsageError(`--shards is at most ${MAX_SHARDS}`)
  const isScatter = part !== undefined && seed !== undefined
  if (isScatter && tmp !== undefined) {
    throw new UsageError(
      '--tmp does not go with --part and --shuffle: what waits is what other machines read, in --out',
    )
  }
  const reader = stdinRecords({ unframed })
  const { begin } = reader
  const bar = progressBar({ unit: 'records', total: begin.count })
  const given = {
    ...{ folder, shards, seed, memory, tmp, part, resume, force, begin },
    onRecord: (bytes: number) => bar.advance(1, bytes),
    onShard(finished: number) {
      bar.note(`shard ${finished} of ${shards}`)
      bar.advance(0)
    },
  }
  if (isScatter) scatterShards(reader, format, { ...given, part, seed })
  else writeShards(reader, format, given)
  bar.done()
}
