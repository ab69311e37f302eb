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
export { type RecordSource, type Selection, selectLabels } from './select-labels.js'
