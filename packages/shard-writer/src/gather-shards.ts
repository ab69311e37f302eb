import { existsSync, statSync } from 'node:fs'
import { join } from 'node:path'
import { type Part, partText, say } from '@tiny-face/command-shell'
import { bucketPath, gatherShuffled, type ScatteredEntries } from '@tiny-face/global-shuffle'
import { DataError } from '@tiny-face/safe-files'
import { commitShards } from './commit-shards.js'
import { type Manifest, manifestPath, parseManifest, readManifest } from './manifest.js'
import { manifestOf, taskOf } from './manifest-of.js'
import { WriteThread } from './output/write-thread.js'
import { type PartManifest, partFolder, partManifestPath, partShards, readParts, sumOf } from './set-parts.js'
import type { ShardFormat } from './shard-format.js'
import { isUnfinished, WriteJournal } from './write-journal.js'
import { ranksOf, writeRanked } from './write-ranked.js'

export interface GatherShardsOptions {
  /** The set's, in which `scatterShards` has put its records. */
  folder: string
  /** Which share of the shards is written: there may be more or fewer of these parts than of the scatters. */
  part: Part
  force?: boolean | undefined
  /** Go on from what a killed run has left. */
  resume?: boolean | undefined
  /** Bytes held in memory, 1 GiB by default. */
  memory?: number | undefined
  /** Where what does not fit waits; beside the part's shards by default. */
  tmp?: string | undefined
  /** Called for every record, with its bytes. */
  onRecord?: ((bytes: number) => void) | undefined
  /** Called for every shard that is finished. */
  onShard?: ((finished: number, shards: number) => void) | undefined
}

/**
 * The second half of a shuffle that many machines share: writes one part of the shards from the buckets of all scatters. Byte for byte they
 * are those that one machine would write of all records: a shard holds the ranks that `writeShards` gives it, in the order of the same keys.
 *
 * @param name of the format, as manifests say it
 * @param formatOf the format of the scatters, of which this is the manifest
 * @throws DataError where a scatter is missing or not whole, or they are not of one set, or their records do not follow one another
 */
export function gatherShards(
  name: string,
  formatOf: (manifest: Manifest) => ShardFormat,
  options: GatherShardsOptions,
): Manifest {
  const { part, memory, tmp, resume = false, force = false, onRecord, onShard } = options
  const folder = partFolder(options.folder, 'part', part)
  if (!force && resume && !isUnfinished(folder)) {
    const whole = wholeAlready(name, options)
    if (whole !== undefined) return whole
  }
  const scatters = readParts(options.folder, 'scatter', name)
  checkFollowing(options.folder, scatters)
  const { count, classes } = sumOf(scatters)
  const [{ part: of, seed, names: people, source }] = scatters as [PartManifest]
  const format = formatOf(scatters[0]!)
  const written = { folder, shards: of.shards, seed, part, begin: { count, classes, names: people, source } }
  const names = partShards(format, of.shards, part)
  const journal = new WriteJournal({ folder, task: taskOf(format, written), names, tmp, resume, force })
  try {
    const finished = journal.entries.shards.length
    const totals = { ...(journal.entries.input ?? { count: 0, images: 0 }), classes }
    const ranked = names
      .map((name, shard) => ({ name, ...ranksOf(part.index * names.length + shard, of.shards, count) }))
      .slice(finished)
    const entries = gatherShuffled(
      scatters.map(scatter => entriesOf(options.folder, scatter)),
      {
        from: ranked[0]?.from,
        memory,
        folder: tmp ?? journal.partial,
      },
    )
    const thread = new WriteThread()
    try {
      writeRanked(entries, ranked, journal, format, {
        thread,
        onEntry(entry) {
          totals.count++
          if (format.holdsImage(entry)) totals.images++
          onRecord?.(entry.byteLength)
        },
        totals: () => totals,
        onShard: () => onShard?.(journal.entries.shards.length, names.length),
      })
    } finally {
      thread.close()
      entries.return()
    }
    const manifest = manifestOf(format, written, totals, journal.entries.shards, { ...part, shards: of.shards })
    commitShards(folder, journal.partial, manifest)
    journal.remove()
    return manifest
  } catch (error) {
    journal.abandon()
    throw error
  }
}

/** The manifest of this part, or of the whole set where that is merged already. */
function wholeAlready(format: string, { folder, part }: GatherShardsOptions): Manifest | undefined {
  for (const place of [partFolder(folder, 'part', part), folder]) {
    if (!existsSync(manifestPath(place))) continue
    say(`${place}: is complete already`)
    return place === folder ? parseManifest(place, format) : readManifest(place, format)
  }
  return undefined
}

/** @throws DataError where a scatter's first record has not the number that comes after those before: keys would be wrong */
function checkFollowing(folder: string, scatters: readonly PartManifest[]): void {
  let before = 0
  for (const { part, count } of scatters) {
    if (part.first !== before) {
      throw new DataError({
        file: partManifestPath(partFolder(folder, 'scatter', part), 'scatter'),
        expected: `a part that begins at record ${before}, as many as the parts before it hold`,
        found: `the part ${partText(part)}, which was told to begin at ${part.first}; of a source from which records are left out, write the set in order first (--part without --shuffle), then shuffle that`,
      })
    }
    before += count
  }
  if (before === 0) throw new DataError({ file: folder, expected: 'at least one record', found: 'none' })
}

/** @throws DataError where a bucket is not as long as its scatter.json says */
function entriesOf(set: string, { part, buckets = [] }: PartManifest): ScatteredEntries {
  const folder = partFolder(set, 'scatter', part)
  for (const [index, { bytes }] of buckets.entries()) {
    const file = bucketPath(folder, index)
    const size = statSync(file, { throwIfNoEntry: false })?.size
    if ((size ?? 0) === bytes) continue
    const found = size === undefined ? 'no such file' : `${size}`
    throw new DataError({ file, expected: `${bytes} bytes, as ${join(folder, 'scatter.json')} says`, found })
  }
  return { folder, buckets }
}
