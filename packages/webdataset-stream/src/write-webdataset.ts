import type { DataMap } from '@tiny-face/record-stream'
import { type Manifest, type ShardFormat, type WriteShardsOptions, writeShards } from '@tiny-face/shard-writer'
import { type SampleFile, sampleFiles } from './sample-record.js'
import { BLOCK_BYTES, paddingOf, writeHeader } from './tar/tar-header.js'

/** As the manifest says it. */
export const FORMAT = 'webdataset'
/** Digits of a key: of more samples than 10^9 they grow longer. */
const KEY_DIGITS = 9

export interface WriteWebDatasetOptions extends WriteShardsOptions {
  /** Compress each shard as a whole. */
  compression?: 'gzip' | undefined
}

/**
 * Writes records as a folder of tar shards with a manifest, in order or shuffled, as `writeShards` does. A sample's key is the
 * number of its record in the input, from 0: no two are the same, whatever the records' ids.
 *
 * @throws DataError where a record has no image that is a JPEG or PNG, or as `writeShards` does
 */
export function writeWebDataset(records: Iterable<DataMap>, options: WriteWebDatasetOptions): Manifest {
  return writeShards(records, webDatasetFormat(options.compression), options)
}

export function webDatasetFormat(compression?: 'gzip'): ShardFormat {
  return {
    name: FORMAT,
    compression,
    shardName: index => `train-${String(index).padStart(6, '0')}.tar${compression === undefined ? '' : '.gz'}`,
    end: Buffer.alloc(2 * BLOCK_BYTES),
    isNumbered: true,
    faceOf: ({ image, label }) => ({ image, label }),
    // What has none is refused.
    holdsImage: () => true,
    write(record, number, out) {
      const key = String(number).padStart(KEY_DIGITS, '0')
      const files = [...sampleFiles(record)]
      // All of a sample at once: a shuffle moves what is written in one piece.
      let at = out.reserve(files.reduce((sum, [, bytes]) => sum + memberBytes(bytes.byteLength), 0))
      for (const file of files) at = writeFile(key, file, out.bytes, at)
      return record.image!.byteLength
    },
  }
}

/** What a file of so many bytes takes in an archive. */
function memberBytes(size: number): number {
  return BLOCK_BYTES + size + paddingOf(size)
}

/** @returns where the next file begins */
function writeFile(key: string, [extension, bytes]: SampleFile, into: Buffer, start: number): number {
  const size = bytes.byteLength
  const end = start + memberBytes(size)
  writeHeader(into, start, `${key}.${extension}`, size)
  into.set(bytes, start + BLOCK_BYTES)
  into.fill(0, start + BLOCK_BYTES + size, end)
  return end
}
