import type { BeginFields } from '@tiny-face/record-stream'
import type { Compression } from './compress-tfrecord.js'
import type { ExampleKeys } from './example-record.js'

export interface WriteShardsOptions {
  /** Where the shards go; made where it is not there. */
  folder: string
  /** How many; 1 by default, at most `MAX_SHARDS`. */
  shards?: number | undefined
  /** Shuffle all records by this seed, 0 … 2^32 - 1; without it they stay in order. */
  seed?: number | undefined
  /** Compress each shard as a whole. */
  compression?: Compression | undefined
  /** The features that hold image and label; those that the seed wrote, unless given. */
  keys?: ExampleKeys | undefined
  /** Replace the shards that the folder holds. */
  force?: boolean | undefined
  /** Go on from what a killed run of the same options on the same records has left; the result is the same. */
  resume?: boolean | undefined
  /** What the records' stream says of itself; goes into the manifest. */
  begin?: BeginFields | undefined
  /** Bytes that a shuffle holds in memory, 1 GiB by default; also what a resumed one has to scatter again at most. */
  memory?: number | undefined
  /** Where the rest of a shuffle waits; in `folder` by default. */
  tmp?: string | undefined
  /** Called for every record, with its bytes in a shard, once: as it comes in, or where that need not be read again as it goes out. */
  onRecord?: ((bytes: number) => void) | undefined
  /** Called for every shard that is finished. */
  onShard?: ((finished: number) => void) | undefined
}
