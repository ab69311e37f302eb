export {
  type BootstrapIntervals,
  bootstrapIntervals,
  type Interval,
  samplesFor,
} from './bootstrap/bootstrap-intervals.js'
export { type Calibration, calibrate, facesFor, MAX_FAR, MAX_KEPT_PAIRS, smallestFar } from './calibrate/calibrate.js'
export { calibrationJson, checkCalibration, type EmbeddingKind, readCalibration } from './calibrate/calibration-file.js'
export { calibrationTable } from './calibrate/calibration-table.js'
export { closestImpostors, type ImpostorPairs, MAX_FACES } from './calibrate/closest-impostors.js'
export { evenFaces } from './calibrate/even-faces.js'
export {
  CONFIDENCE,
  type EffectivePairs,
  effectivePairs,
  type FalseAccepts,
  rateInterval,
} from './calibrate/false-accept-interval.js'
export { type ComparedResult, type Comparison, compareResults, type Difference } from './compare/compare-results.js'
export { type DiscordantPairs, discordantPairs } from './compare/mcnemar.js'
export { modelOf } from './embedding-model.js'
export {
  type CollectOptions,
  collectFaces,
  type LabelledFaces,
  MAX_TEMPLATE_BYTES,
  selectFaces,
} from './faces/labelled-faces.js'
export { type FoldResult, foldAccuracy } from './folds/fold-accuracy.js'
export { type FoldCounts, foldCounts } from './folds/fold-counts.js'
export { type FoldRange, foldRanges } from './folds/fold-ranges.js'
export { rightDecisions } from './folds/right-decisions.js'
export { type TarAtFar, tarAtFars } from './folds/tar-at-far.js'
export { type GroupFigures, type Groups, groupFigures } from './groups/group-figures.js'
export {
  FPIRS,
  type Fpir,
  type Identification,
  identification,
  MAX_CMC_RANK,
  type OpenSetRates,
  RANKS,
  ratesAt,
} from './identification/identification.js'
export {
  type CalibratedRates,
  identificationJson,
  identificationTable,
} from './identification/identification-report.js'
export {
  type Enrolment,
  enrolFaces,
  IDENTIFICATION_PROTOCOLS,
  type IdentificationProtocol,
} from './identification/protocol.js'
export { type Searches, searchGallery } from './identification/search-gallery.js'
export { euclideanNorm, faceTemplate } from './pairs/face-template.js'
export { HardestPairs, type HardPair } from './pairs/hardest-pairs.js'
export {
  type Face,
  type FaceComparison,
  type MeasureOptions,
  measurePairs,
  PairMeasurer,
  type Side,
} from './pairs/measure-pairs.js'
export {
  type MeasuredFace,
  type MeasuredRecord,
  measureFace,
  measureRecord,
  type TemplateOf,
} from './pairs/measure-record.js'
export {
  indexOfPair,
  MAX_PAIRS,
  type MeasuredPair,
  type MeasuredPairs,
  PairColumns,
  type PairDistances,
  type PairSides,
  type SideValue,
  type SideValues,
} from './pairs/measured-pairs.js'
export { cosineOf, squaredDistance } from './pairs/squared-distance.js'
export { MAX_WAITING_IMAGE_BYTES } from './pairs/waiting-sides.js'
export { PROTOCOL_NAMES, type ProtocolName } from './protocol-names.js'
export { PROTOCOLS, type Protocol } from './protocols.js'
export { figuresJson, resultJson } from './report/result-json.js'
export { resultNotes } from './report/result-notes.js'
export { resultTable } from './report/result-table.js'
export { type VerificationReport, verificationPage } from './report/verification-page.js'
export { type AcceptCounts, acceptCounts } from './roc/accept-counts.js'
export { areaUnderCurve, exactAreaUnderCurve } from './roc/area-under-curve.js'
export { equalErrorRate, exactEqualErrorRate } from './roc/equal-error-rate.js'
export { detCurve, type ExactRate, rateAtFar } from './roc/exact-rates.js'
export { countBelow, type ExactRoc, exactRoc, type RocPoint, rocPoints } from './roc/exact-roc.js'
export { type FullRoc, fullRoc } from './roc/full-roc.js'
export { meanRoc, type Roc } from './roc/mean-roc.js'
export { thresholdGrid } from './roc/threshold-grid.js'
export {
  MAXIMUM_COLUMNS,
  type Matrix,
  maximumColumns,
  openProduct,
  type Product,
  productError,
} from './similarity/product.js'
export {
  BLOCK_ROWS,
  blockCount,
  type SimilarityBlock,
  similarityBlocks,
  type TemplateRows,
} from './similarity/similarity-blocks.js'
export { type BuildOptions, type BuiltTemplates, buildTemplates } from './templates/build-templates.js'
export {
  MAX_TEMPLATE_IMAGES,
  MAX_TEMPLATE_PAIRS,
  readDetectorScores,
  readTemplateList,
  readTemplatePairs,
  type TemplateList,
  type TemplatePairs,
} from './templates/template-lists.js'
export { templateJson, templateTable } from './templates/template-report.js'
export {
  type NearestRate,
  pairSimilarities,
  TEMPLATE_FARS,
  type TemplateFar,
  type TemplateVerification,
  verifyTemplates,
} from './templates/template-verification.js'
export { MAX_LINE_BYTES } from './templates/text-lines.js'
export {
  type ExactFigures,
  type ResultOptions,
  type VerificationResult,
  verificationResult,
} from './verification-result.js'
export { checkPairs, FARS, type Far, type Verification, type VerifyOptions, verify } from './verify.js'
