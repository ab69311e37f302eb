import { statSync } from 'node:fs'
import { join } from 'node:path'
import { expandPaths } from '@tiny-face/command-shell'
import { type Manifest, readManifest, refuseParts } from '@tiny-face/shard-writer'
import { FORMAT } from './write-webdataset.js'

const SUFFIXES = ['.tar', '.tar.gz', '.tgz']

export interface TarFile {
  path: string
  /** Its samples, where a manifest says so. */
  count?: number
}

export interface TarSet {
  files: TarFile[]
  /** Where all files are those of one folder that has one. */
  manifest?: Manifest | undefined
}

/**
 * The files behind paths: of a folder the shards of its manifest, or without one all `*.tar`, `*.tar.gz` and `*.tgz`, sorted; of a
 * glob the files it matches, sorted; a file as it is.
 *
 * @throws DataError where a folder or a glob holds none, or a folder holds parts that are to be merged
 */
export function findTars(paths: readonly string[]): TarSet {
  const sets = paths.map((path): TarSet => {
    const isFolder = statSync(path, { throwIfNoEntry: false })?.isDirectory()
    const manifest = isFolder ? readManifest(path, FORMAT) : undefined
    if (isFolder && manifest === undefined) refuseParts(path, 'wds')
    if (manifest === undefined) return { files: expandPaths([path], SUFFIXES).map(path => ({ path })) }
    return { manifest, files: manifest.shards.map(({ name, count }) => ({ path: join(path, name), count })) }
  })
  return sets.length === 1 ? sets[0]! : { files: sets.flatMap(({ files }) => files) }
}
