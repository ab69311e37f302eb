import { readdirSync, statSync } from 'node:fs'
import { join } from 'node:path'
import { expandPaths } from '@tiny-face/command-shell'
import { DataError } from '@tiny-face/safe-files'
import { refuseParts } from '@tiny-face/shard-writer'
import type { ExampleKeys } from '../example/example-keys.js'
import { type Manifest, readManifest } from './manifest.js'

/** Names that a folder's TFRecord files have: with a suffix, compressed or not, or numbered as TensorFlow's tools do. */
const NAME = /(\.(tfrecords?|tfrec)|-\d{5}-of-\d{5})(\.(gz|zlib))?$/
const NUMBERED = /-(\d{5})-of-(\d{5})(?=$|\.)/

export interface ShardFile {
  path: string
  /** Its records, where a manifest says so. */
  count?: number
  /** The features that hold image and label, likewise. */
  keys?: ExampleKeys | undefined
}

export interface ShardSet {
  files: ShardFile[]
  /** Where all files are those of one folder that has one. */
  manifest?: Manifest
}

/**
 * The files behind paths: of a folder the shards of its manifest, in that order, or without one all that are named
 * `*.tfrecord`, `*.tfrecords`, `*.tfrec` or `*-00001-of-00004` (also with `.gz` or `.zlib` behind), sorted; of a glob the
 * files it matches, sorted; a file as it is.
 *
 * @throws DataError where a folder or a glob holds none, of a folder's numbered shards some are missing, or it holds parts that are to be merged
 */
export function findShards(paths: readonly string[]): ShardSet {
  const sets = paths.map(path => {
    if (statSync(path, { throwIfNoEntry: false })?.isDirectory()) return shardsOf(path)
    return { files: expandPaths([path], []).map(path => ({ path })) }
  })
  return sets.length === 1 ? sets[0]! : { files: sets.flatMap(({ files }) => files) }
}

function shardsOf(folder: string): ShardSet {
  const manifest = readManifest(folder)
  if (manifest !== undefined) {
    const { shards, keys } = manifest
    return { manifest, files: shards.map(({ name, count }) => ({ path: join(folder, name), count, keys })) }
  }
  refuseParts(folder, 'tfrecord')
  const names = readdirSync(folder)
    .filter(name => NAME.test(name))
    .sort()
  if (names.length === 0) {
    const expected = 'a manifest.json or files *.tfrecord'
    const rec = readdirSync(folder).find(name => /\.rec$/i.test(name))
    if (rec === undefined) throw new DataError({ file: folder, expected, found: 'neither' })
    const way = `recordio-dump ${join(folder, rec)} | tfrecord-write --out shards`
    throw new DataError({ file: folder, expected, found: `${rec}, which is RecordIO; ${way} makes shards of it` })
  }
  checkNumbers(folder, names)
  return { files: names.map(name => ({ path: join(folder, name) })) }
}

function checkNumbers(folder: string, names: string[]): void {
  const found = new Map<string, { expected: number; count: number }>()
  for (const name of names) {
    const match = NUMBERED.exec(name)
    if (match === null) continue
    const set = name.replace(NUMBERED, `-*-of-${match[2]}`)
    const { count } = found.get(set) ?? { count: 0 }
    found.set(set, { expected: Number(match[2]), count: count + 1 })
  }
  for (const [set, { expected, count }] of found) {
    if (count !== expected)
      throw new DataError({ file: join(folder, set), expected: `${expected} shards`, found: `${count}` })
  }
}
