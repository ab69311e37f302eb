import { createHash, type Hash } from 'node:crypto'
import { closeSync, openSync } from 'node:fs'
import { readChunk } from '@tiny-face/safe-files'
import { findShards } from '@tiny-face/tfrecord-stream'
import type { TrainingSet } from './training-set.js'

/* What tells one training set from another: a SHA-256 over its images and labels in their order, in hexadecimal. It stands in config.json, so
   that a run does not go on with other data than it began with. */

/**
 * Of shards, by the labels, and by the SHA-256 of the files in order: those of a folder's manifest, of other files by reading them. Where the
 * files lie and what they are called does not count.
 *
 * @param paths as `findShards` takes them
 */
export function fingerprintOfShards(
  paths: readonly string[],
  { count, label }: Pick<TrainingSet, 'count' | 'label'>,
): string {
  const hash = createHash('sha256')
  for (const path of paths) {
    const { files, manifest } = findShards([path])
    for (const [i, { path: file }] of files.entries())
      hash.update(`${manifest?.shards[i]?.sha256 ?? hashOfFile(file)}\n`)
  }
  // A manifest says which feature of a record is its label.
  return hash.update(Float64Array.from({ length: count }, (_, index) => label(index))).digest('hex')
}

/** Adds a record of a stream to the fingerprint of all. */
export function addRecord(hash: Hash, person: number, image: Uint8Array): void {
  hash.update(`${person} ${image.byteLength}\n`).update(image)
}

/** Of a set without some of its records, by their indexes. */
export function fingerprintWithout(fingerprint: string, records: Iterable<number>): string {
  return createHash('sha256')
    .update(`${fingerprint} without ${[...records].join()}`)
    .digest('hex')
}

const CHUNK_BYTES = 2 ** 20

function hashOfFile(file: string): string {
  const hash = createHash('sha256')
  const chunk = Buffer.allocUnsafe(CHUNK_BYTES)
  const fd = openSync(file, 'r')
  try {
    for (let count = -1; count !== 0; ) {
      count = readChunk(fd, chunk)
      hash.update(chunk.subarray(0, count))
    }
  } finally {
    closeSync(fd)
  }
  return hash.digest('hex')
}
