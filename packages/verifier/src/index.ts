export { type AcceptCounts, acceptCounts, type FoldCounts, foldCounts, type PairDistance } from './accept-counts.js'
export { areaUnderCurve, exactAreaUnderCurve } from './area-under-curve.js'
export { equalErrorRate } from './equal-error-rate.js'
export { euclideanNorm, faceTemplate } from './face-template.js'
export { type FoldResult, foldAccuracy } from './fold-accuracy.js'
export { FOLDS, type FoldRange, foldRanges } from './fold-ranges.js'
export { type FullRoc, fullRoc } from './full-roc.js'
export { HardestPairs, type HardPair } from './hardest-pairs.js'
export { meanRoc, type Roc } from './mean-roc.js'
export {
  type Face,
  MAX_WAITING_IMAGE_BYTES,
  type MeasuredPair,
  type MeasureOptions,
  measurePairs,
  PairMeasurer,
} from './measure-pairs.js'
export { type MeasuredRecord, measureRecord } from './measure-record.js'
export { type Report, reportPage } from './report/report-page.js'
export { resultJson } from './result-json.js'
export { resultNotes } from './result-notes.js'
export { resultTable } from './result-table.js'
export { cosineOf, squaredDistance } from './squared-distance.js'
export { type TarAtFar, tarAtFars } from './tar-at-far.js'
export { thresholdGrid } from './threshold-grid.js'
export { checkPairs, FARS, type Far, type Verification, verify } from './verify.js'
