import { type Part, progressBar, say } from '@tiny-face/command-shell'
import { gatherShards } from './gather-shards.js'
import type { Manifest } from './manifest.js'
import { mergeShards } from './merge-shards.js'
import type { ShardFormat } from './shard-format.js'

export interface GatherPartOptions {
  part: Part
  memory?: number
  tmp?: string
  resume?: boolean
  force?: boolean
}

/** Writes one part of a shuffled set. */
export function gatherPart(
  format: string,
  formatOf: (manifest: Manifest) => ShardFormat,
  folder: string,
  options: GatherPartOptions,
): void {
  const bar = progressBar({ unit: 'records' })
  gatherShards(format, formatOf, {
    ...options,
    folder,
    onRecord: bytes => bar.advance(1, bytes),
    onShard(finished, shards) {
      bar.note(`shard ${finished} of ${shards}`)
      bar.advance(0)
    },
  })
  bar.done()
}

/** Makes one set of its parts. */
export function mergeParts(format: string, folder: string, { force }: { force?: boolean }): void {
  const { count, shards } = mergeShards(format, { folder, force })
  say(`${folder}: ${count} records in ${shards.length} shards`)
}
