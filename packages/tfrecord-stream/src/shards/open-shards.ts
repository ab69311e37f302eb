import { closeSync, openSync, readSync } from 'node:fs'
import { personOf } from '@tiny-face/record-stream'
import { DataError, placed } from '@tiny-face/safe-files'
import { dumpRecord, recordFace } from '../example/dump-record.js'
import { DEFAULT_KEYS } from '../example/example-keys.js'
import { fileCompression, readTFRecord } from '../framing/read-tfrecord.js'
import { FOOTER_BYTES, frameData, HEADER_BYTES } from '../framing/tfrecord.js'
import { findShards } from './find-shards.js'
import { ImageTable } from './image-table.js'

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
 * keeps where each lies and its label (24 bytes of memory), of several numbers the first; records without an image are passed over.
 *
 * @param paths folders of shards and files, as `findShards` takes them
 * @throws DataError where a record is damaged, an image has no label that is a whole number of at least 0 (or begins with one), or a file is
 *   compressed
 */
export function openShards(paths: string | readonly string[]): ShardReader {
  const { files, manifest } = findShards(typeof paths === 'string' ? [paths] : paths)
  const images = new ImageTable()
  /** Of each file the first image, and the running index of its first record. */
  const starts: number[] = []
  const firsts: number[] = []
  let several = 0
  for (const { path } of files) refuseCompressed(path)
  let id = 0
  for (const { path, count, keys = DEFAULT_KEYS } of files) {
    let record = 0
    starts.push(images.count)
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
      images.add({ offset, length: data.byteLength, record: place.record, label: person })
    }
    if (count !== undefined && record !== count) {
      throw new DataError({ file: path, expected: `${count} records, as the manifest says`, found: `${record}` })
    }
    id += record
  }
  const fds = files.map(({ path }) => openSync(path, 'r'))
  return {
    count: images.count,
    classes: manifest?.classes,
    names: manifest?.names,
    several,
    label(index) {
      return images.label(checked(index))
    },
    place(index) {
      const shard = shardOf(checked(index))
      const record = images.record(index)
      return { file: files[shard]!.path, record, id: firsts[shard]! + record }
    },
    read(index) {
      const shard = shardOf(checked(index))
      const { path: file, keys } = files[shard]!
      const offset = images.offset(index)
      const record = images.record(index)
      const frame = Buffer.allocUnsafeSlow(HEADER_BYTES + images.length(index) + FOOTER_BYTES)
      const size = readSync(fds[shard]!, frame, 0, frame.length, offset)
      if (size < frame.length) {
        throw new DataError({ file, offset, record, expected: `${frame.length} bytes of a record`, found: `${size}` })
      }
      const data = frameData(frame, 0, frame.length, file, offset, record)
      try {
        return { image: dumpRecord(data, record, false, keys)!.image!, label: images.label(index) }
      } catch (error) {
        throw placed(error, { file, offset, record })
      }
    },
    close() {
      for (const fd of fds.splice(0)) closeSync(fd)
    },
  }

  function checked(index: number): number {
    if (!(index >= 0 && index < images.count)) throw new RangeError(`image ${index}: there are ${images.count}`)
    return index
  }

  /** The last file that begins at an image or before it: those that hold none begin where the next one does. */
  function shardOf(index: number): number {
    let [shard, end] = [0, starts.length]
    while (end - shard > 1) {
      const middle = (shard + end) >> 1
      if (starts[middle]! <= index) shard = middle
      else end = middle
    }
    return shard
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
