export {
  AUGMENTATION_DEFAULTS,
  AUGMENTATIONS,
  type AugmentationName,
  type AugmentConfig,
  DEFAULT_AUGMENTATION,
  parseAugment,
} from './augment/augment-config.js'
export { augmentImage } from './augment/augment-image.js'
export { augmentedGrid, type GridOptions } from './augment/augmented-grid.js'
export { type Batch, type BatchOptions, batches } from './batches.js'
export {
  type CheckedSetOptions,
  type CheckImagesOptions,
  checkedSet,
  checkImages,
  type DamagedRecord,
  withoutRecords,
} from './check-images.js'
export { checkLabels, type LabelledSet } from './check-labels.js'
export type { OptimiserConfig, TrainingConfig, VerificationSet } from './config.js'
export { configDifferences } from './config-differences.js'
export { epochOrder, stepRandom } from './data-order.js'
export { type DryRun, dryRun } from './dry-run/dry-run.js'
export { dryRunText } from './dry-run/dry-run-text.js'
export { learningRate, type Schedule, type ScheduleKind } from './learning-rate.js'
export type { OtherTime, SkippedStep, StepMetrics, StepTime, VerificationMetrics } from './loop/run-log.js'
export type { Trained } from './loop/training.js'
export { CentreStore, centreVariables } from './partial-fc/centre-store.js'
export { sampleCentres, sampledClasses } from './partial-fc/sample-centres.js'
export { PRESETS, type PresetName } from './presets/index.js'
export type { Preset } from './presets/preset.js'
export { readConfig } from './read-config.js'
export { writeReport } from './report/index.js'
export { resolveConfig, type SetSize, type TrainingOptions } from './resolve-config.js'
export { type Span, stepsOf, stepsPerEpoch, stepsToTake } from './steps-per-epoch.js'
export { RunEvents } from './tensorboard/index.js'
export { type TrainOptions, train } from './train.js'
export { MAX_STREAM_BYTES, openTrainingSet, type TrainingSet } from './training-set.js'
export {
  type Figures,
  figuresOf,
  type OpenVerificationSet,
  openVerificationSets,
  type SetVerification,
  type VerifierOptions,
  WeightsVerifier,
} from './verification/index.js'
export { DATA_THREADS } from './workers/image-thread-pool.js'
