import { say } from '@tiny-face/command-shell'
import type { DataMap } from '@tiny-face/record-stream'
import { DataError } from '@tiny-face/safe-files'
import { commitShards } from './commit-shards.js'
import { MAX_SHARDS, type Manifest, parseManifest, readManifest } from './manifest.js'
import { manifestOf, taskOf } from './manifest-of.js'
import { checkStreamPart, type PartManifest, partFolder, partShards } from './set-parts.js'
import type { ShardFormat, WriteShardsOptions } from './shard-format.js'
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
 * Of a part in order, record i goes to shard i modulo the number of its shards, in a folder of its own: see set-parts.ts.
 *
 * @throws DataError where the folder holds a manifest or a shard already and `force` was not asked for, there is no record, one
 *   is none that the format holds, or options or records are not those of the run to resume
 */
export function writeShards(records: Iterable<DataMap>, format: ShardFormat, options: WriteShardsOptions): Manifest {
  const { shards: shardCount = 1, part, begin = {}, tmp, resume = false, force = false } = options
  if (!(shardCount >= 1 && shardCount <= MAX_SHARDS))
    throw new RangeError(`${shardCount} shards: 1 to ${MAX_SHARDS} can be written`)
  if (part !== undefined) {
    checkStreamPart(part, begin)
    const merged = setAlready(format, options)
    if (merged !== undefined) return merged
  }
  const folder = part === undefined ? options.folder : partFolder(options.folder, 'part', part)
  const names = partShards(format, shardCount, part ?? { index: 0, of: 1 })
  const partOfSet = part && { ...part, shards: shardCount }
  if (resume && !force && !isUnfinished(folder)) {
    const whole = readManifest(folder, format.name)
    const counts = begin.count === undefined || begin.count === whole?.count
    if (whole?.shards.length === names.length && counts && isMadeOf(whole, format, options, partOfSet)) {
      say(`${folder}: is complete already`)
      return whole
    }
  }
  const task = taskOf(format, options)
  const journal = new WriteJournal({ folder, task, names, tmp, resume, force })
  try {
    if (journal.entries.shards.length < names.length) {
      const { seed } = options
      if (seed === undefined) writeInOrder(records, names, journal, format, options)
      else writeShuffled(records, names, journal, format, { ...options, seed })
    }
    const manifest = manifestOf(format, options, journal.entries.input!, journal.entries.shards, partOfSet)
    commitShards(folder, journal.partial, manifest)
    journal.remove()
    return manifest
  } catch (error) {
    journal.abandon()
    throw error
  }
}

/** Whether a manifest is what these options make of this input, so far as it says. */
function isMadeOf(
  manifest: Manifest,
  format: ShardFormat,
  options: WriteShardsOptions,
  part?: PartManifest['part'],
): boolean {
  const wanted = manifestOf(format, options, manifest, manifest.shards, part)
  return JSON.stringify(manifest) === JSON.stringify(wanted)
}

/**
 * Before a part is written: the manifest of the set that its folder holds, where that is what these options make and the run is to be resumed.
 *
 * @throws DataError where it holds another one
 */
export function setAlready(format: ShardFormat, options: WriteShardsOptions): Manifest | undefined {
  const { folder, shards = 1, resume, force } = options
  const whole = force ? undefined : parseManifest(folder, format.name)
  if (whole === undefined) return undefined
  if (resume && whole.shards.length === shards && isMadeOf(whole, format, options)) {
    say(`${folder}: is complete already`)
    return whole
  }
  throw new DataError({ file: folder, message: 'holds a manifest.json already; --force writes parts of another set' })
}
