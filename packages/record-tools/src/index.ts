export type { BucketExtent } from './bucket.js'
export { DEFAULT_PAIRS, type DrawnPair, drawPairs, FOLDS, MAX_REDRAWS, type PairOptions } from './draw-pairs.js'
export {
  countLabels,
  type LabelRange,
  type LabelRanges,
  labelRank,
  parseLabelRanges,
  withoutLabels,
} from './label-ranges.js'
export { MAX_HELD_BYTES, pairRecords } from './pair-records.js'
export { LEAST_MEMORY, parseSize } from './parse-size.js'
export { MAX_SEED, parseSeed } from './seed.js'
export { type RecordSource, type Selection, selectLabels } from './select-labels.js'
export {
  type KeptShuffle,
  SHUFFLE_MEMORY,
  type ShuffleOptions,
  Shuffler,
  type ShufflerOptions,
} from './shuffle-bytes.js'
export { shuffleKeys } from './shuffle-keys.js'
export { shuffleRecords } from './shuffle-records.js'
