import type { DataMap } from '@tiny-face/record-stream'
import {
  type Manifest,
  type OutputBuffer,
  type ShardFormat,
  type WriteShardsOptions,
  writeShards,
} from '@tiny-face/shard-writer'
import { type SampleFile, sampleFiles } from './sample-record.js'
import { BLOCK_BYTES, paddingOf, writeHeader } from './tar/header.js'

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
    faceOf: ({ image, label }) => ({ image, label }),
    write(record, number, out) {
      const key = String(number).padStart(KEY_DIGITS, '0')
      for (const file of sampleFiles(record)) writeFile(key, file, out)
      return record.image!.byteLength
    },
  }
}

function writeFile(key: string, [extension, bytes]: SampleFile, out: OutputBuffer): void {
  const size = bytes.byteLength
  const start = out.reserve(BLOCK_BYTES + size + paddingOf(size))
  writeHeader(out.bytes, start, `${key}.${extension}`, size)
  out.bytes.set(bytes, start + BLOCK_BYTES)
  out.bytes.fill(0, start + BLOCK_BYTES + size, start + BLOCK_BYTES + size + paddingOf(size))
}
