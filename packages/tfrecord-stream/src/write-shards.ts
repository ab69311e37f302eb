import { createHash } from 'node:crypto'
import { existsSync } from 'node:fs'
import { type DataMap } from '@tiny-face/record-stream'
import { say } from '@tiny-face/command-shell'
import { commitShards } from './commit-shards.js'
import { SEED_KEYS } from './example-record.js'
import {
  MANIFEST_VERSION,
  MAX_SHARDS,
  type Manifest,
  manifestPath,
  readManifest,
  type Shard,
  shardName,
  WRITER,
} from './manifest.js'
import type { Totals } from './tally.js'
import { isUnfinished, UnfinishedWrite, type WriteTask } from './unfinished-write.js'
import { writeInOrder } from './write-in-order.js'
import type { WriteShardsOptions } from './write-options.js'
import { writeShuffled } from './write-shuffled.js'

/**
 * Writes records as a folder of TFRecord shards with a manifest.
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
 * @throws DataError where the folder holds a manifest or a shard already and `force` was not asked for, a record cannot be
 *   an Example, or options or records are not those of the run to resume
 */
export function writeShards(records: Iterable<DataMap>, options: WriteShardsOptions): Manifest {
  const { folder, shards: shardCount = 1, compression, tmp, resume = false, force = false } = options
  if (!(shardCount >= 1 && shardCount <= MAX_SHARDS))
    throw new RangeError(`${shardCount} shards: 1 to ${MAX_SHARDS} can be written`)
  if (resume && !force && !isUnfinished(folder)) {
    const whole = wholeAlready(options)
    if (whole !== undefined) return whole
  }
  const task = taskOf(options)
  const names = Array.from({ length: shardCount }, (_, index) => shardName(index, shardCount, compression))
  const unfinished = new UnfinishedWrite({ folder, task, names, tmp, resume, force })
  try {
    const { journal } = unfinished
    if (journal.shards.length < shardCount) {
      const { seed } = options
      if (seed === undefined) writeInOrder(records, names, unfinished, options)
      else writeShuffled(records, names, unfinished, { ...options, seed })
    }
    const manifest = manifestOf(options, unfinished.journal.input!, unfinished.journal.shards)
    commitShards(folder, unfinished.partial, manifest)
    unfinished.remove()
    return manifest
  } catch (error) {
    unfinished.abandon()
    throw error
  }
}

/** The manifest of the set that the folder holds, if it is what these options make of this input, so far as the manifest says. */
function wholeAlready(options: WriteShardsOptions): Manifest | undefined {
  const { folder, begin = {}, shards = 1 } = options
  if (!existsSync(manifestPath(folder))) return undefined
  const manifest = readManifest(folder)
  if (manifest === undefined || manifest.shards.length !== shards) return undefined
  if (begin.count !== undefined && begin.count !== manifest.count) return undefined
  const parts = ({ writer, compression, keys, names, source, seed }: Manifest) =>
    JSON.stringify([writer, compression, keys, names, source, seed])
  if (parts(manifest) !== parts(manifestOf(options, manifest, manifest.shards))) return undefined
  say(`${folder}: is whole already`)
  return manifest
}

function taskOf({ shards = 1, seed, compression, keys = SEED_KEYS, begin = {} }: WriteShardsOptions): WriteTask {
  return {
    '--shards': shards,
    '--shuffle': seed ?? null,
    '--compress': compression ?? null,
    '--image-key': keys.image,
    '--label-key': keys.label,
    'an input of source': begin.source ?? null,
    'an input of count': begin.count ?? null,
    'an input of classes': begin.classes ?? null,
    'an input of names with SHA-256':
      begin.names === undefined ? null : createHash('sha256').update(JSON.stringify(begin.names)).digest('hex'),
    'the version': WRITER,
  }
}

function manifestOf(
  options: WriteShardsOptions,
  { count, images, classes }: Totals,
  shards: readonly Shard[],
): Manifest {
  const { seed, compression, keys = SEED_KEYS, begin = {} } = options
  return {
    version: MANIFEST_VERSION,
    format: 'tfrecord',
    writer: WRITER,
    compression,
    keys: { image: keys.image, label: keys.label },
    count,
    images,
    classes,
    names: begin.names,
    source: begin.source,
    seed,
    shards: [...shards],
  }
}
