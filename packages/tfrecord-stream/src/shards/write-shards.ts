import type { DataMap } from '@tiny-face/record-stream'
import { type WriteShardsOptions as CommonOptions, writeShards as write } from '@tiny-face/shard-writer'
import type { Compression } from '@tiny-face/zlib-stream'
import type { ExampleKeys } from '../example/example-keys.js'
import type { Manifest } from './manifest.js'
import { tfrecordFormat } from './tfrecord-format.js'

export interface WriteShardsOptions extends CommonOptions {
  /** Compress each shard as a whole. */
  compression?: Compression | undefined
  /** The features that hold image and label; `image_raw` and `label`, unless given. */
  keys?: ExampleKeys | undefined
}

/**
 * Writes records as a folder of TFRecord shards with a manifest, in order or shuffled, resumable, as `writeShards` of
 * shard-writer says.
 *
 * @throws DataError where a record cannot be an Example, or as that does
 */
export function writeShards(records: Iterable<DataMap>, options: WriteShardsOptions): Manifest {
  return write(records, tfrecordFormat(options.keys, options.compression), options)
}
