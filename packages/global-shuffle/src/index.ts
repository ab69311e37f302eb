export type { BucketExtent } from './bucket.js'
export {
  type KeptShuffle,
  type ShuffleOptions,
  Shuffler,
  type ShufflerOptions,
} from './shuffle-bytes.js'
export { shuffleKeys } from './shuffle-keys.js'
export { LEAST_MEMORY, SHUFFLE_MEMORY } from './shuffle-memory.js'
export { shuffleRecords } from './shuffle-records.js'
