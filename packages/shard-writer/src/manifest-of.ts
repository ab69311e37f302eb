import { createHash } from 'node:crypto'
import { partText } from '@tiny-face/command-shell'
import { MANIFEST_VERSION, type Manifest, type Shard, WRITER } from './manifest.js'
import type { Totals } from './record-intake.js'
import type { PartManifest } from './set-parts.js'
import type { ShardFormat, WriteShardsOptions, WriteTask } from './shard-format.js'

/** The manifest of what these options make. */
export function manifestOf(
  { name, compression, manifestFields }: Pick<ShardFormat, 'name' | 'compression' | 'manifestFields'>,
  { seed, begin = {} }: Pick<WriteShardsOptions, 'seed' | 'begin'>,
  { count, images, classes }: Totals,
  shards: readonly Shard[],
  part?: PartManifest['part'],
): Manifest {
  return {
    version: MANIFEST_VERSION,
    format: name,
    writer: WRITER,
    compression,
    ...manifestFields,
    count,
    images,
    classes,
    names: begin.names,
    source: begin.source,
    seed,
    part,
    shards: [...shards],
  }
}

/** Everything that decides the result, for the journal. */
export function taskOf(format: ShardFormat, { shards = 1, seed, part, begin = {} }: WriteShardsOptions): WriteTask {
  return {
    'the format': format.name,
    '--shards': shards,
    '--shuffle': seed ?? null,
    '--compress': format.compression ?? null,
    ...format.options,
    ...(part !== undefined && { '--part': partText(part), 'an input from record': begin.part?.first ?? null }),
    'an input of source': begin.source ?? null,
    'an input of count': begin.count ?? null,
    'an input of classes': begin.classes ?? null,
    'an input of names with SHA-256':
      begin.names === undefined ? null : createHash('sha256').update(JSON.stringify(begin.names)).digest('hex'),
    'the version': WRITER,
  }
}
