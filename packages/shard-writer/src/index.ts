export {
  MAX_MANIFEST_BYTES,
  MAX_SHARDS,
  type Manifest,
  manifestPath,
  parseManifest,
  readManifest,
  type Shard,
} from './manifest.js'
export { OutputBuffer } from './output/output-buffer.js'
export { requireImage } from './require-image.js'
export { runWriteCommand, type WriteCommandSpec } from './run-write-command.js'
export type { ShardFormat, WriteShardsOptions } from './shard-format.js'
export { writeShards } from './write-shards.js'
