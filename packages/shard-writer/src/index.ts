export { type GatherShardsOptions, gatherShards } from './gather-shards.js'
export {
  MAX_MANIFEST_BYTES,
  MAX_SHARDS,
  type Manifest,
  manifestPath,
  parseManifest,
  readManifest,
  type Shard,
} from './manifest.js'
export { type MergeShardsOptions, mergeShards } from './merge-shards.js'
export { OutputBuffer } from './output/output-buffer.js'
export { requireImage } from './require-image.js'
export { type PartCommandSpec, runGatherCommand, runMergeCommand } from './run-part-commands.js'
export { runWriteCommand, type WriteCommandSpec } from './run-write-command.js'
export { type ScatterOptions, scatterShards } from './scatter-shards.js'
export { refuseParts } from './set-parts.js'
export type { ShardFormat, WriteShardsOptions } from './shard-format.js'
export { writeShards } from './write-shards.js'
