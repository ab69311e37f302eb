/**
 * A folder of shards and its manifest, written last: without it the folder is not whole.
 *
 *     DIR/train-00000-of-00004.tfrecord … train-00003-of-00004.tfrecord
 *     DIR/manifest.json
 */
import { existsSync, readFileSync, statSync } from 'node:fs'
import { basename, join } from 'node:path'
import { DataError } from '@tiny-face/safe-files'
import type { Compression } from './compress-tfrecord.js'
import type { ExampleKeys } from './example-record.js'

export const MANIFEST_VERSION = 1
export const MANIFEST_NAME = 'manifest.json'
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
  format: 'tfrecord'
  /** By what and which version of it the set was written. */
  writer?: string | undefined
  /** Of every shard as a whole. */
  compression?: Compression | undefined
  /** The features that hold image and label; those of the seed where it does not say. */
  keys?: ExampleKeys | undefined
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
  /** In the order in which they are read. */
  shards: Shard[]
}

export function manifestPath(folder: string): string {
  return join(folder, MANIFEST_NAME)
}

const SUFFIXES = { none: '', gzip: '.gz', zlib: '.zlib' } as const

export function shardName(index: number, shards: number, compression?: Compression): string {
  const five = (number: number) => String(number).padStart(5, '0')
  return `train-${five(index)}-of-${five(shards)}.tfrecord${SUFFIXES[compression ?? 'none']}`
}

/**
 * Reads a folder's manifest.
 *
 * @returns undefined where it has none
 * @throws DataError where it is no manifest of shards, or a shard does not lie beside it at the size it says
 */
export function readManifest(folder: string): Manifest | undefined {
  const manifest = parseManifest(folder)
  for (const { name, bytes } of manifest?.shards ?? []) checkShard(join(folder, name), bytes)
  return manifest
}

/**
 * The same, whatever lies beside it.
 *
 * @throws DataError where it is no manifest of shards
 */
export function parseManifest(folder: string): Manifest | undefined {
  const file = manifestPath(folder)
  if (!existsSync(file)) return undefined
  const size = statSync(file).size
  if (size > MAX_MANIFEST_BYTES) {
    throw new DataError({ file, expected: `at most ${MAX_MANIFEST_BYTES} bytes`, found: `${size}` })
  }
  const manifest = parse(file)
  checkManifest(manifest, file)
  return manifest
}

function parse(file: string): unknown {
  try {
    return JSON.parse(readFileSync(file, 'utf8'))
  } catch (cause) {
    throw new DataError({ file, expected: 'JSON', found: (cause as Error).message, cause })
  }
}

function checkManifest(value: unknown, file: string): asserts value is Manifest {
  const manifest = (value ?? {}) as Partial<Manifest>
  const expect = (holds: boolean, expected: string, found: unknown) => {
    if (!holds) throw new DataError({ file, expected, found: JSON.stringify(found) ?? 'nothing' })
  }
  expect(manifest.format === 'tfrecord', 'a manifest of format "tfrecord"', manifest.format)
  expect(manifest.version === MANIFEST_VERSION, `version ${MANIFEST_VERSION}`, manifest.version)
  expect(
    manifest.compression === undefined || manifest.compression === 'gzip' || manifest.compression === 'zlib',
    '"gzip" or "zlib" as compression',
    manifest.compression,
  )
  expect(manifest.keys === undefined || isKeys(manifest.keys), 'names of image and label as keys', manifest.keys)
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

function isKeys(value: unknown): boolean {
  const { image, label } = (value ?? {}) as Partial<ExampleKeys>
  return typeof image === 'string' && typeof label === 'string'
}

function isStrings(value: unknown): boolean {
  return Array.isArray(value) && value.every(item => typeof item === 'string')
}
