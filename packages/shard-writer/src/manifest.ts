/**
 * A folder of shards and its manifest, written last: without it the folder is not whole.
 *
 *     DIR/train-00000-of-00004.tfrecord … train-00003-of-00004.tfrecord
 *     DIR/manifest.json
 */
import { existsSync, readFileSync, statSync } from 'node:fs'
import { basename, join } from 'node:path'
import { DataError } from '@tiny-face/safe-files'
import type { Compression } from '@tiny-face/zlib-stream'

export const MANIFEST_VERSION = 1
const MANIFEST_NAME = 'manifest.json'
/** A manifest names every class; 64 MiB is room for about a million. */
export const MAX_MANIFEST_BYTES = 2 ** 26
/** What writes: `tiny-face 0.1.0`. */
export const WRITER = `tiny-face ${JSON.parse(readFileSync(new URL('../package.json', import.meta.url), 'utf8')).version}`
/** Each shard is an open file. */
export const MAX_SHARDS = 1000

export interface Shard {
  name: string
  /** Its records. */
  count: number
  bytes: number
  /** In hexadecimal. */
  sha256: string
}

export interface Manifest {
  version: typeof MANIFEST_VERSION
  /** What kind of shards they are: `tfrecord`, `webdataset`. */
  format: string
  /** By what and which version of it the set was written. */
  writer?: string | undefined
  /** Of every shard as a whole. */
  compression?: Compression | undefined
  /** All records, and those that hold an image. */
  count: number
  images: number
  /** Labels are 0 … classes - 1; absent where no label is a whole number. */
  classes?: number | undefined
  /** The classes' names, in the order of their labels. */
  names?: string[] | undefined
  /** What the records were made from. */
  source?: string | undefined
  /** Of the shuffle, where there was one. */
  seed?: number | undefined
  /** Of shards that are a part of a set: see set-parts.ts. */
  part?: { index: number; of: number; shards: number } | undefined
  /** In the order in which they are read. */
  shards: Shard[]
  /** What only one format's manifests say. */
  [field: string]: unknown
}

export function manifestPath(folder: string): string {
  return join(folder, MANIFEST_NAME)
}

/**
 * Reads a folder's manifest.
 *
 * @param format of the shards that are asked for
 * @returns undefined where it has none
 * @throws DataError where it is no manifest of such shards, or a shard does not lie beside it at the size it says
 */
export function readManifest(folder: string, format: string): Manifest | undefined {
  const manifest = parseManifest(folder, format)
  for (const { name, bytes } of manifest?.shards ?? []) checkShard(join(folder, name), bytes)
  return manifest
}

/**
 * The same, whatever lies beside it.
 *
 * @param format any, where it is not given
 * @throws DataError where it is no manifest of such shards
 */
export function parseManifest(folder: string, format?: string): Manifest | undefined {
  const file = manifestPath(folder)
  return existsSync(file) ? parseManifestFile(file, format) : undefined
}

/** The same, of whatever name. */
export function parseManifestFile(file: string, format?: string): Manifest {
  const size = statSync(file).size
  if (size > MAX_MANIFEST_BYTES) {
    throw new DataError({ file, expected: `at most ${MAX_MANIFEST_BYTES} bytes`, found: `${size}` })
  }
  const manifest = parse(file)
  checkManifest(manifest, format, file)
  return manifest
}

function parse(file: string): unknown {
  try {
    return JSON.parse(readFileSync(file, 'utf8'))
  } catch (cause) {
    throw new DataError({ file, expected: 'JSON', found: (cause as Error).message, cause })
  }
}

function checkManifest(value: unknown, format: string | undefined, file: string): asserts value is Manifest {
  const manifest = (value ?? {}) as Partial<Manifest>
  const expect = (holds: boolean, expected: string, found: unknown) => {
    if (!holds) throw new DataError({ file, expected, found: JSON.stringify(found) ?? 'nothing' })
  }
  const isWanted = format === undefined ? typeof manifest.format === 'string' : manifest.format === format
  expect(isWanted, `a manifest of format ${format === undefined ? '(any)' : `"${format}"`}`, manifest.format)
  expect(manifest.version === MANIFEST_VERSION, `version ${MANIFEST_VERSION}`, manifest.version)
  expect(
    [undefined, 'gzip', 'zlib'].includes(manifest.compression),
    '"gzip" or "zlib" as compression',
    manifest.compression,
  )
  expect(isCount(manifest.count), 'a number of records as count', manifest.count)
  expect(isCount(manifest.images), 'a number of records as images', manifest.images)
  expect(manifest.classes === undefined || isCount(manifest.classes), 'a number as classes', manifest.classes)
  expect(manifest.names === undefined || isStrings(manifest.names), 'a list of strings as names', manifest.names)
  expect(Array.isArray(manifest.shards), 'a list of shards', manifest.shards)
  for (const shard of manifest.shards!) {
    const { name, count, bytes } = (shard ?? {}) as Partial<Shard>
    // A shard lies beside its manifest: a name that leads elsewhere is an attack.
    expect(
      typeof name === 'string' && name !== '' && name !== '..' && basename(name) === name,
      "a shard's file name",
      name,
    )
    expect(isCount(count) && isCount(bytes), `count and bytes of ${name}`, { count, bytes })
  }
}

function checkShard(file: string, bytes: number): void {
  if (!existsSync(file))
    throw new DataError({ file, expected: 'the shard that the manifest names', found: 'no such file' })
  const { size } = statSync(file)
  if (size !== bytes) throw new DataError({ file, expected: `${bytes} bytes, as the manifest says`, found: `${size}` })
}

function isCount(value: unknown): boolean {
  return Number.isSafeInteger(value) && (value as number) >= 0
}

function isStrings(value: unknown): boolean {
  return Array.isArray(value) && value.every(item => typeof item === 'string')
}
