/**
 * The first half of a shuffle that many machines share. Each takes its part of the records, and puts them in buckets by their keys, which
 * it knows, for a key is a function of the seed and the record's number in the whole:
 *
 *     DIR/scatter-00003-of-00016/bucket-00 … bucket-63   records as they will lie in shards: see global-shuffle's bucket.ts
 *     DIR/scatter-00003-of-00016/scatter.json            written last: a manifest without shards, with the size of each bucket
 */
import { existsSync, renameSync, rmSync, statSync } from 'node:fs'
import { say } from '@tiny-face/command-shell'
import { bucketPath, Shuffler } from '@tiny-face/global-shuffle'
import type { DataMap } from '@tiny-face/record-stream'
import { DataError, writeWholeFile } from '@tiny-face/safe-files'
import { type Manifest, parseManifestFile } from './manifest.js'
import { manifestOf, taskOf } from './manifest-of.js'
import { takeInput } from './resumable-input.js'
import { checkStreamPart, firstNumber, type PartManifest, partFolder, partManifestPath } from './set-parts.js'
import type { ShardFormat, WriteShardsOptions } from './shard-format.js'
import { isUnfinished, WriteJournal } from './write-journal.js'
import { setAlready } from './write-shards.js'

export interface ScatterOptions extends WriteShardsOptions {
  part: NonNullable<WriteShardsOptions['part']>
  seed: number
}

/**
 * Puts one part of the records in buckets, for `gatherShards`. May be killed, and resumed, as `writeShards`.
 *
 * @returns what scatter.json says; where the whole set is there already, its manifest
 * @throws DataError where the stream is another part, or does not say the number of its first record, or as `writeShards`
 */
export function scatterShards(records: Iterable<DataMap>, format: ShardFormat, options: ScatterOptions): Manifest {
  const { part, shards = 1, seed, begin = {}, memory, resume = false, force = false } = options
  checkStreamPart(part, begin)
  const first = firstNumber(part, begin)
  const merged = setAlready(format, options)
  if (merged !== undefined) return merged
  const folder = partFolder(options.folder, 'scatter', part)
  const file = partManifestPath(folder, 'scatter')
  const manifestWith = (totals: Pick<Manifest, 'count' | 'images' | 'classes'>) =>
    manifestOf(format, options, totals, [], { ...part, shards, first })
  if (!force && !isUnfinished(folder) && existsSync(file)) {
    const { buckets: _, ...whole } = parseManifestFile(file, format.name)
    if (!resume) throw new DataError({ file, message: 'exists already; --force replaces it' })
    if (JSON.stringify(whole) !== JSON.stringify(manifestWith(whole))) {
      throw new DataError({ file, expected: 'what these options make', found: 'another; --force replaces it' })
    }
    say(`${folder}: is complete already`)
    return whole
  }
  const journal = new WriteJournal({ folder, task: taskOf(format, options), names: [], resume, force })
  try {
    const { kept, input } = journal.entries
    if (kept === undefined || input?.ended !== true) {
      const shuffler = new Shuffler({ seed, first, memory, keepIn: journal.scatter, kept })
      try {
        takeInput(records, shuffler, journal, format, options)
      } finally {
        shuffler.close()
      }
    }
    const manifest = { ...manifestWith(journal.entries.input!), buckets: journal.entries.kept!.buckets }
    commitBuckets(folder, journal.scatter, manifest)
    journal.remove()
    return manifest
  } catch (error) {
    journal.abandon()
    throw error
  }
}

/** May be killed at any moment and done again, as `commitShards`. */
function commitBuckets(folder: string, partial: string, manifest: Manifest & Pick<PartManifest, 'buckets'>): void {
  const file = partManifestPath(folder, 'scatter')
  rmSync(file, { force: true })
  for (const [index, { bytes }] of manifest.buckets!.entries()) {
    const [from, to] = [bucketPath(partial, index), bucketPath(folder, index)]
    if (existsSync(from)) renameSync(from, to)
    else if (bytes === 0) rmSync(to, { force: true })
    const size = statSync(to, { throwIfNoEntry: false })?.size ?? 0
    if (size !== bytes)
      throw new DataError({ file: to, expected: `${bytes} bytes of a finished bucket`, found: `${size}` })
  }
  writeWholeFile(file, `${JSON.stringify(manifest)}\n`)
}
