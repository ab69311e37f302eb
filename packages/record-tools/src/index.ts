export { type DrawnPair, drawPairs, MAX_REDRAWS, type PairOptions } from './draw-pairs.js'
export { type IdSet, readIds } from './id-set.js'
export {
  countLabels,
  type LabelRange,
  type LabelRanges,
  labelRanks,
  readLabelRanges,
  withoutLabels,
} from './label-ranges.js'
export { DEFAULT_PAIRS } from './pair-count.js'
export { MAX_HELD_BYTES, pairRecords } from './pair-records.js'
export { type RecordSource, type Selected, type Selection, selectLabels } from './select-labels.js'
