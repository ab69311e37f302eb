export { decodeExample } from './example/decode-example.js'
export { dumpRecord } from './example/dump-record.js'
export { encodeExample } from './example/encode-example.js'
export type { Example, Feature } from './example/example.js'
export {
  DEFAULT_KEYS,
  type ExampleKeys,
  exampleBytes,
  exampleFields,
  exampleKeys,
} from './example/example-record.js'
export { decodeTFRecord, TFRecordDecoder } from './framing/decode-tfrecord.js'
export { findRecord } from './framing/find-record.js'
export { type RecordRange, readTFRecord } from './framing/read-tfrecord.js'
export { MAX_RECORD_BYTES, type TFRecord } from './framing/tfrecord.js'
export { TFRecordWriter } from './framing/write-tfrecord.js'
export { findShards, type ShardFile, type ShardSet } from './shards/find-shards.js'
export { type Manifest, readManifest } from './shards/manifest.js'
export { openShards, type ShardReader } from './shards/open-shards.js'
export { type ReadShardsOptions, readShards, ShardRecords } from './shards/read-shards.js'
export { type VerifyOptions, verifyShards } from './shards/verify-shards.js'
export { type WriteShardsOptions, writeShards } from './shards/write-shards.js'
