import { closeSync, openSync, readSync } from 'node:fs'
import { personOf } from '@tiny-face/record-stream'
import { DataError, placed } from '@tiny-face/safe-files'
import { dumpRecord, recordFace } from '../example/dump-record.js'
import { DEFAULT_KEYS } from '../example/example-keys.js'
import { fileCompression, readTFRecord } from '../framing/read-tfrecord.js'
import { FOOTER_BYTES, frameData, HEADER_BYTES } from '../framing/tfrecord.js'
import { findShards } from './find-shards.js'

/** Labelled images at random, from TFRecord files. */
export interface ShardReader {
  /** The number of images. */
  readonly count: number
  /** From the manifest, where there is one: labels are 0 … classes - 1. */
  readonly classes?: number | undefined
  /** The classes' names, likewise. */
  readonly names?: readonly string[] | undefined
  /** Image `index` of 0 … count - 1, as encoded in the record; it owns its bytes. */
  read(index: number): { image: Uint8Array; label: number }
  label(index: number): number
  /** Images whose label is several numbers, of which the first is taken. */
  readonly several: number
  /** Where image `index` lies: its file and number in it, and its running index in all files, which is the `id` of tfrecord-dump. */
  place(index: number): { file: string; record: number; id: number }
  close(): void
}

/**
 * Opens TFRecord files of labelled images for random access. Reads every file once, checks both CRCs of every record and
 * keeps where each lies (16 bytes of memory) and its label, of several numbers the first; records without an image are passed over.
 *
 * @param paths folders of shards and files, as `findShards` takes them
 * @throws DataError where a record is damaged, an image has no label that is a whole number of at least 0 (or begins with one), or a file is
 *   compressed
 */
export function openShards(paths: string | readonly string[]): ShardReader {
  const { files, manifest } = findShards(typeof paths === 'string' ? [paths] : paths)
  const shards: number[] = []
  const records: number[] = []
  const offsets: number[] = []
  const lengths: number[] = []
  const labels: number[] = []
  /** The running index of each file's first record. */
  const firsts: number[] = []
  let several = 0
  for (const { path } of files) refuseCompressed(path)
  let id = 0
  for (const [shard, { path, count, keys = DEFAULT_KEYS }] of files.entries()) {
    let record = 0
    firsts.push(id)
    for (const { offset, data } of readTFRecord(path)) {
      const place = { file: path, offset, record: record++ }
      const face = recordFace(data, keys)
      if (face === undefined) continue
      const { label } = face
      const person = personOf(label)
      if (person === undefined) {
        const found = label === undefined ? 'none' : typeof label === 'object' ? 'several, none first' : `${label}`
        throw new DataError({ ...place, expected: `a whole number of at least 0 as ${keys.label}`, found })
      }
      if (typeof label === 'object') several++
      shards.push(shard)
      records.push(place.record)
      offsets.push(offset)
      lengths.push(data.byteLength)
      labels.push(person)
    }
    if (count !== undefined && record !== count) {
      throw new DataError({ file: path, expected: `${count} records, as the manifest says`, found: `${record}` })
    }
    id += record
  }
  const fds = files.map(({ path }) => openSync(path, 'r'))
  return {
    count: labels.length,
    classes: manifest?.classes,
    names: manifest?.names,
    several,
    label(index) {
      return labels[checked(index)]!
    },
    place(index) {
      const shard = shards[checked(index)]!
      const record = records[index]!
      return { file: files[shard]!.path, record, id: firsts[shard]! + record }
    },
    read(index) {
      const shard = shards[checked(index)]!
      const { path: file, keys } = files[shard]!
      const offset = offsets[index]!
      const record = records[index]!
      const frame = Buffer.allocUnsafeSlow(HEADER_BYTES + lengths[index]! + FOOTER_BYTES)
      const size = readSync(fds[shard]!, frame, 0, frame.length, offset)
      if (size < frame.length) {
        throw new DataError({ file, offset, record, expected: `${frame.length} bytes of a record`, found: `${size}` })
      }
      const data = frameData(frame, 0, frame.length, file, offset, record)
      try {
        return { image: dumpRecord(data, record, false, keys)!.image!, label: labels[index]! }
      } catch (error) {
        throw placed(error, { file, offset, record })
      }
    },
    close() {
      for (const fd of fds.splice(0)) closeSync(fd)
    },
  }

  function checked(index: number): number {
    if (!(index >= 0 && index < labels.length)) throw new RangeError(`image ${index}: there are ${labels.length}`)
    return index
  }
}

/** Compressed bytes have to be unpacked from the first one on. */
function refuseCompressed(file: string): void {
  const compression = fileCompression(file)
  if (compression === undefined) return
  throw new DataError({
    file,
    expected: 'an uncompressed TFRecord, to read records of it at random',
    found: `${compression.toUpperCase()}; unpack it: tfrecord-dump --all ${file} | tfrecord-write --out DIR`,
  })
}
