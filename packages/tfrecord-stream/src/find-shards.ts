import { readdirSync, statSync } from 'node:fs'
import { join } from 'node:path'
import { DataError } from '@tiny-face/record-stream'
import { type Manifest, readManifest } from './manifest.js'

const SUFFIX = /\.tfrecord(\.gz)?$/
const NUMBERED = /-(\d{5})-of-(\d{5})\.tfrecord(\.gz)?$/

export interface ShardFile {
  path: string
  /** Its records, where a manifest says so. */
  count?: number
}

export interface ShardSet {
  files: ShardFile[]
  /** Where all files are those of one folder that has one. */
  manifest?: Manifest
}

/**
 * The files behind paths: of a folder the shards of its manifest, in that order, or without one all `*.tfrecord` and
 * `*.tfrecord.gz`, sorted by name; a file as it is.
 *
 * @throws DataError where a folder holds none, or numbered shards (`…-00001-of-00004.tfrecord`) of which some are missing
 */
export function findShards(paths: readonly string[]): ShardSet {
  const sets = paths.map(path => (statSync(path).isDirectory() ? shardsOf(path) : { files: [{ path }] }))
  return sets.length === 1 ? sets[0]! : { files: sets.flatMap(({ files }) => files) }
}

function shardsOf(folder: string): ShardSet {
  const manifest = readManifest(folder)
  if (manifest !== undefined) {
    return { manifest, files: manifest.shards.map(({ name, count }) => ({ path: join(folder, name), count })) }
  }
  const names = readdirSync(folder)
    .filter(name => SUFFIX.test(name))
    .sort()
  if (names.length === 0) {
    throw new DataError({ file: folder, expected: 'a manifest.json or files *.tfrecord', found: 'neither' })
  }
  checkNumbers(folder, names)
  return { files: names.map(name => ({ path: join(folder, name) })) }
}

function checkNumbers(folder: string, names: string[]): void {
  const found = new Map<string, number>()
  for (const name of names) {
    const match = NUMBERED.exec(name)
    if (match === null) continue
    const set = `${name.slice(0, match.index)}-*-of-${match[2]}.tfrecord`
    found.set(set, (found.get(set) ?? 0) + 1)
  }
  for (const [set, count] of found) {
    const expected = Number(/(\d{5})\.tfrecord$/.exec(set)![1])
    if (count !== expected)
      throw new DataError({ file: join(folder, set), expected: `${expected} shards`, found: `${count}` })
  }
}
