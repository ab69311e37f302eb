import type { Part } from '@tiny-face/command-shell'
import type { BeginFields, DataMap } from '@tiny-face/record-stream'
import type { Compression } from '@tiny-face/zlib-stream'
import type { OutputBuffer } from './output/output-buffer.js'

/** What tells one kind of shards from another: all else about writing them is the same. */
export interface ShardFormat {
  /** As the manifest says it. */
  readonly name: string
  /** The final name of shard `index`, from 0. */
  shardName(index: number, shards: number): string
  /** Of each shard as a whole. */
  readonly compression?: Compression | undefined
  /** What else decides the bytes, by the options that messages name. */
  readonly options?: WriteTask | undefined
  /** What only this format's manifests say. */
  readonly manifestFields?: Readonly<Record<string, unknown>> | undefined
  /** Whether a record's bytes hold its number: those of a part are then to be told from those of others. */
  readonly isNumbered?: boolean | undefined
  /** What stands behind the last record of a shard. */
  readonly end?: Uint8Array | undefined

  /**
   * Puts a record into a shard, reserving its bytes in one piece: a shuffle moves what is written at once.
   *
   * @param number of the record in the set's input, from 0
   * @returns the bytes that the record came with
   * @throws DataError where the format cannot hold it; the file, record and id are added to the message
   */
  write(record: DataMap, number: number, out: OutputBuffer): number

  /** The image and label that the record will have, for the manifest's figures. */
  faceOf(record: DataMap): Pick<DataMap, 'image' | 'label'>

  /** Whether a record, as `write` has put it into a shard, holds an image: the same figure, of shards that are written by others. */
  holdsImage(entry: Uint8Array): boolean
}

/** Everything that decides the result, under the names that messages give it. */
export type WriteTask = { [what: string]: string | number | null }

export interface WriteShardsOptions {
  /** Where the shards go; made where it is not there. */
  folder: string
  /** How many; 1 by default, at most `MAX_SHARDS`. */
  shards?: number | undefined
  /** Shuffle all records by this seed, 0 … 2^32 - 1; without it they stay in order. */
  seed?: number | undefined
  /**
   * Write this one of the parts of a set, for `mergeShards`: in order some of its shards, of which each part then has as many; of a shuffle
   * the part's records in buckets, for `gatherShards`.
   */
  part?: Part | undefined
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
