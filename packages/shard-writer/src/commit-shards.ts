import { existsSync, renameSync, rmSync, statSync } from 'node:fs'
import { join } from 'node:path'
import { DataError, writeWholeFile } from '@tiny-face/safe-files'
import { type Manifest, manifestPath, parseManifest, type Shard } from './manifest.js'
import { partialShard } from './output/shard-file.js'

/**
 * Gives finished shards their names and the folder its manifest. The old set goes first, its manifest last; the manifest of
 * the new one comes last: a folder that has one is whole, or its reader sees that shards are missing.
 *
 * May be killed at any moment and done again.
 *
 * @throws DataError where a shard has gone since it was finished
 */
export function commitShards(folder: string, partial: string, manifest: Manifest): void {
  moveShards(folder, manifest, ({ name }) => partialShard(partial, name))
}

/** The same, of shards that wait anywhere on this file system. */
export function moveShards(folder: string, manifest: Manifest, placeOf: (shard: Shard) => string): void {
  const waiting = manifest.shards.filter(shard => existsSync(placeOf(shard)))
  const isWaiting = new Set(waiting)
  for (const shard of manifest.shards) {
    checkShard(isWaiting.has(shard) ? placeOf(shard) : join(folder, shard.name), shard)
  }
  // No shard has its name before the old manifest is gone: as long as all wait, a manifest is the old one.
  if (waiting.length === manifest.shards.length) removeOldSet(folder)
  for (const shard of waiting) renameSync(placeOf(shard), join(folder, shard.name))
  writeWholeFile(manifestPath(folder), `${JSON.stringify(manifest, undefined, 2)}\n`)
}

function checkShard(file: string, { bytes }: Shard): void {
  const size = statSync(file, { throwIfNoEntry: false })?.size
  if (size === bytes) return
  const found = `${size === undefined ? 'no such file' : size}; without --resume all is written anew`
  throw new DataError({ file, expected: `${bytes} bytes of a finished shard`, found })
}

function removeOldSet(folder: string): void {
  for (const name of oldShards(folder)) rmSync(join(folder, name), { force: true })
  rmSync(manifestPath(folder), { force: true })
}

function oldShards(folder: string): string[] {
  try {
    return parseManifest(folder)?.shards.map(({ name }) => name) ?? []
  } catch (error) {
    // A manifest of something else: --force replaces it, and there is nothing to clear away.
    if (error instanceof DataError) return []
    throw error
  }
}
