export { type FoldResult, foldAccuracy } from './folds/fold-accuracy.js'
export { type FoldCounts, foldCounts } from './folds/fold-counts.js'
export { type FoldRange, foldRanges } from './folds/fold-ranges.js'
export { type TarAtFar, tarAtFars } from './folds/tar-at-far.js'
export { euclideanNorm, faceTemplate } from './pairs/face-template.js'
export { HardestPairs, type HardPair } from './pairs/hardest-pairs.js'
export {
  type Face,
  MAX_WAITING_IMAGE_BYTES,
  type MeasuredPair,
  type MeasureOptions,
  measurePairs,
  PairMeasurer,
} from './pairs/measure-pairs.js'
export { type MeasuredRecord, measureRecord } from './pairs/measure-record.js'
export { cosineOf, squaredDistance } from './pairs/squared-distance.js'
export { resultJson } from './report/result-json.js'
export { resultNotes } from './report/result-notes.js'
export { resultTable } from './report/result-table.js'
export { type VerificationReport, verificationPage } from './report/verification-page.js'
export { type AcceptCounts, acceptCounts, type PairDistance } from './roc/accept-counts.js'
export { areaUnderCurve, exactAreaUnderCurve } from './roc/area-under-curve.js'
export { equalErrorRate } from './roc/equal-error-rate.js'
export { type FullRoc, fullRoc } from './roc/full-roc.js'
export { meanRoc, type Roc } from './roc/mean-roc.js'
export { thresholdGrid } from './roc/threshold-grid.js'
export { checkPairs, FARS, type Far, type Verification, verify } from './verify.js'
