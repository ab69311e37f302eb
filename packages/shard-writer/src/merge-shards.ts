import { existsSync, mkdirSync, readdirSync, renameSync, rmSync } from 'node:fs'
import { join } from 'node:path'
import { partText, say } from '@tiny-face/command-shell'
import { DataError } from '@tiny-face/safe-files'
import { moveShards } from './commit-shards.js'
import { type Manifest, manifestPath, parseManifest, readManifest, type Shard } from './manifest.js'
import { manifestOf } from './manifest-of.js'
import { isPartName, type PartManifest, partFolder, readParts, sumOf } from './set-parts.js'

export interface MergeShardsOptions {
  /** The set's, in which its parts lie. */
  folder: string
  /** Replace the set that the folder holds. */
  force?: boolean | undefined
}

/** Where the folders of merged parts are on their way out. */
const MERGED = 'merged.partial'

/**
 * Makes one set of the parts that many tasks have written: gives their shards their places in the set's folder, and that its manifest, last;
 * then removes the parts' folders, and those of a shuffle's scatters. May be killed at any moment and done again.
 *
 * @param format as manifests say it
 * @throws DataError where a part is missing or not whole, two hold the same records, or they are not of one set; where the folder holds
 *   another set already and `force` was not asked for
 */
export function mergeShards(format: string, { folder, force = false }: MergeShardsOptions): Manifest {
  rmSync(join(folder, MERGED), { recursive: true, force: true })
  const there = parseManifest(folder, format)
  if (there !== undefined && isMerged(folder, there, format)) {
    // Without parts, scatters are those of a set to come.
    if (readdirSync(folder).some(name => isPartName('part', name))) removeParts(folder)
    say(`${folder}: is complete already`)
    return readManifest(folder, format)!
  }
  const parts = readParts(folder, 'part', format)
  checkNoneTwice(folder, parts)
  const manifest = togetherOf(folder, parts)
  const places = new Map(
    parts.flatMap(({ part, shards }) => {
      const from = partFolder(folder, 'part', part)
      return shards.map(shard => [shard, join(from, shard.name)])
    }),
  )
  if (!force) refuseExisting(folder, there, manifest, places)
  moveShards(folder, manifest, shard => places.get(shard)!)
  removeParts(folder)
  return manifest
}

/** Whether the shards of all parts that are left, if any, have gone into the set: a merge was killed when it had done all but to clear up. */
function isMerged(folder: string, { shards }: Manifest, format: string): boolean {
  const sums = new Map(shards.map(({ name, sha256 }) => [name, sha256]))
  return readdirSync(folder)
    .filter(name => isPartName('part', name))
    .every(part =>
      parseManifest(join(folder, part), format)?.shards.every(
        ({ name, sha256 }) => sums.get(name) === sha256 && !existsSync(join(folder, part, name)),
      ),
    )
}

function togetherOf(folder: string, parts: readonly PartManifest[]): Manifest {
  const [first] = parts as [PartManifest]
  const { version, format, writer, compression, count, images, classes, names, source, seed, part, shards, ...fields } =
    first
  const totals = sumOf(parts)
  if (totals.count === 0) throw new DataError({ file: folder, expected: 'at least one record', found: 'none' })
  const together = manifestOf(
    { name: format, compression, manifestFields: fields },
    { seed, begin: { names, source } },
    totals,
    parts.flatMap(({ shards }) => shards),
  )
  return { ...together, writer }
}

/** Each task that reads all records instead of its part makes the same shards as the others. */
function checkNoneTwice(folder: string, parts: readonly PartManifest[]): void {
  const seen = new Map<string, PartManifest>()
  for (const manifest of parts) {
    if (manifest.count === 0) continue
    const held = manifest.shards.map(({ sha256 }) => sha256).join()
    const other = seen.get(held)
    if (other !== undefined) {
      const found = `the same ones in ${partText(other.part)} and ${partText(manifest.part)}`
      throw new DataError({ file: folder, expected: 'parts of different records', found })
    }
    seen.set(held, manifest)
  }
}

function refuseExisting(
  folder: string,
  there: Manifest | undefined,
  manifest: Manifest,
  places: ReadonlyMap<Shard, string>,
): void {
  if (there !== undefined) {
    if (JSON.stringify(there) === JSON.stringify(manifest)) return
    throw new DataError({ file: manifestPath(folder), message: 'is that of another set; --force replaces it' })
  }
  for (const [{ name }, place] of places) {
    const file = join(folder, name)
    if (existsSync(file) && existsSync(place)) {
      throw new DataError({ file, message: 'exists already; --force replaces it' })
    }
  }
}

/** First out of sight, then away: a folder that is half removed is no part. */
function removeParts(folder: string): void {
  const merged = join(folder, MERGED)
  for (const kind of ['scatter', 'part'] as const) {
    for (const name of readdirSync(folder).filter(name => isPartName(kind, name))) {
      mkdirSync(merged, { recursive: true })
      renameSync(join(folder, name), join(merged, name))
    }
  }
  rmSync(merged, { recursive: true, force: true })
}
