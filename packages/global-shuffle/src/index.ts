export type { BucketExtent } from './bucket.js'
export { bucketPath } from './bucket-sorter.js'
export { type GatherOptions, gatherShuffled, type ScatteredEntries } from './gather-shuffled.js'
export {
  type KeptShuffle,
  type ShuffleOptions,
  Shuffler,
  type ShufflerOptions,
} from './shuffle-bytes.js'
export { shuffleKeys } from './shuffle-keys.js'
export { LEAST_MEMORY, SHUFFLE_MEMORY } from './shuffle-memory.js'
export { shuffleRecords } from './shuffle-records.js'
