export type { BucketExtent } from './bucket.js'
export {
  type KeptShuffle,
  LEAST_MEMORY,
  SHUFFLE_MEMORY,
  type ShuffleOptions,
  Shuffler,
  type ShufflerOptions,
} from './shuffle-bytes.js'
export { shuffleKeys } from './shuffle-keys.js'
export { shuffleRecords } from './shuffle-records.js'
