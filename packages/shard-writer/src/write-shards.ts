import { createHash } from 'node:crypto'
import { existsSync } from 'node:fs'
import { say } from '@tiny-face/command-shell'
import type { DataMap } from '@tiny-face/record-stream'
import { commitShards } from './commit-shards.js'
import {
  MANIFEST_VERSION,
  MAX_SHARDS,
  type Manifest,
  manifestPath,
  readManifest,
  type Shard,
  WRITER,
} from './manifest.js'
import type { Totals } from './record-intake.js'
import type { ShardFormat, WriteShardsOptions, WriteTask } from './shard-format.js'
import { writeInOrder } from './write-in-order.js'
import { isUnfinished, WriteJournal } from './write-journal.js'
import { writeShuffled } from './write-shuffled.js'

/**
 * Writes records as a folder of shards with a manifest.
 *
 * In order: record i goes to shard i modulo N, so that shards differ by one record at most and each holds a share of every
 * person, however many records there will be. Shuffled: the order is that of `Shuffler`, and of n records shard s holds the
 * ranks floor(s n / N) … floor((s + 1) n / N) - 1, so that shards are finished one after another. The result is a function
 * of the records, the seed and the other options that it depends on; not of memory, folders, kills and resumptions.
 *
 * Everything is written under other names; when all is done the shards are given theirs, and the manifest, last, makes the
 * folder whole. A shuffled run that was killed leaves finished shards, and the records it has scattered on disk; in order no
 * shard is finished before all are, and a resumed run begins anew.
 *
 * @throws DataError where the folder holds a manifest or a shard already and `force` was not asked for, there is no record, one
 *   is none that the format holds, or options or records are not those of the run to resume
 */
export function writeShards(records: Iterable<DataMap>, format: ShardFormat, options: WriteShardsOptions): Manifest {
  const { folder, shards: shardCount = 1, tmp, resume = false, force = false } = options
  if (!(shardCount >= 1 && shardCount <= MAX_SHARDS))
    throw new RangeError(`${shardCount} shards: 1 to ${MAX_SHARDS} can be written`)
  if (resume && !force && !isUnfinished(folder)) {
    const whole = wholeAlready(format, options)
    if (whole !== undefined) return whole
  }
  const task = taskOf(format, options)
  const names = Array.from({ length: shardCount }, (_, index) => format.shardName(index, shardCount))
  const journal = new WriteJournal({ folder, task, names, tmp, resume, force })
  try {
    if (journal.entries.shards.length < shardCount) {
      const { seed } = options
      if (seed === undefined) writeInOrder(records, names, journal, format, options)
      else writeShuffled(records, names, journal, format, { ...options, seed })
    }
    const manifest = manifestOf(format, options, journal.entries.input!, journal.entries.shards)
    commitShards(folder, journal.partial, manifest)
    journal.remove()
    return manifest
  } catch (error) {
    journal.abandon()
    throw error
  }
}

/** The manifest of the set that the folder holds, if it is what these options make of this input, so far as the manifest says. */
function wholeAlready(format: ShardFormat, options: WriteShardsOptions): Manifest | undefined {
  const { folder, begin = {}, shards = 1 } = options
  if (!existsSync(manifestPath(folder))) return undefined
  const manifest = readManifest(folder, format.name)
  if (manifest === undefined || manifest.shards.length !== shards) return undefined
  if (begin.count !== undefined && begin.count !== manifest.count) return undefined
  const wanted = manifestOf(format, options, manifest, manifest.shards)
  if (JSON.stringify(manifest) !== JSON.stringify(wanted)) return undefined
  say(`${folder}: is whole already`)
  return manifest
}

function taskOf(format: ShardFormat, { shards = 1, seed, begin = {} }: WriteShardsOptions): WriteTask {
  return {
    'the format': format.name,
    '--shards': shards,
    '--shuffle': seed ?? null,
    '--compress': format.compression ?? null,
    ...format.options,
    'an input of source': begin.source ?? null,
    'an input of count': begin.count ?? null,
    'an input of classes': begin.classes ?? null,
    'an input of names with SHA-256':
      begin.names === undefined ? null : createHash('sha256').update(JSON.stringify(begin.names)).digest('hex'),
    'the version': WRITER,
  }
}

function manifestOf(
  { name, compression, manifestFields }: ShardFormat,
  { seed, begin = {} }: WriteShardsOptions,
  { count, images, classes }: Totals,
  shards: readonly Shard[],
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
    shards: [...shards],
  }
}
