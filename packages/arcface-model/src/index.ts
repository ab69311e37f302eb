export {
  type Checkpoint,
  type CheckpointState,
  chosenStep,
  exportCheckpoint,
  type NetworkConfig,
  readCheckpoint,
  readWeights,
  restateCheckpoint,
  writeCheckpoint,
} from './checkpoint.js'
export { describeEngine } from './describe-engine.js'
export { type EmbedOptions, embedder, embedRecords } from './embed.js'
export { exportNetwork } from './export/export-network.js'
export { ARCFACE_TORCH_NETWORKS, arcfaceTorchTensors, ownTensors } from './export/named-tensors.js'
export { DEFAULT_BATCH_SIZE, type FaceModel } from './face-model.js'
export { fingerprint } from './fingerprint.js'
export { centresOfIdentity, evaluateHead, type HeadConfig } from './heads/head.js'
export { centresVariable, type HeadResult, type HeadShare } from './heads/margin-softmax.js'
export { fetchPublishedWeights, PUBLISHED_WEIGHTS, type PublishedWeights } from './import/published-weights.js'
export { readPublishedWeights } from './import/read-published-weights.js'
export { inferenceProgram, networkVariables } from './inference.js'
export { type Initialiser, randomOf } from './initialise.js'
export { type LoadableModel, type LoadableOptions, loadableModel } from './loadable-model.js'
export { checkInputSize, decodeInput, type FillInput, type InputShape, inputFiller } from './network-input.js'
export { type Layer, networkLayers } from './network-layers.js'
export { type NetworkSize, networkSize } from './network-size.js'
export { NETWORKS, type Network } from './networks/network.js'
export { type OpenOptions, openModel } from './open-model.js'
export { type OnnxModelOptions, openOnnxModel } from './open-onnx-model.js'
export { openRun } from './open-run.js'
export {
  ALIGNMENTS,
  type Alignment,
  describeNormalisation,
  formatPreprocess,
  type Layout,
  type Normalisation,
  PREPROCESS_KEY,
  PRESETS,
  type Preprocess,
  parsePreprocess,
  preprocessOf,
} from './preprocess.js'
export { type PreprocessWish, parsePreprocessText } from './preprocess-text.js'
export {
  type CheckpointPaths,
  checkpointSteps,
  modelFile,
  type RunPaths,
  removeCheckpoints,
  removeRun,
  runPaths,
  sweepCheckpoints,
} from './run-folder.js'
export { Scope, type ScopeOptions, type Variable } from './scope.js'
export { clip, type Measured } from './step/clip-gradients.js'
export { freeze } from './step/freeze-parameters.js'
export { type Gradients, gradientsOf } from './step/gradients.js'
export { type Evaluation, marginObjective, type Objective, type ObjectiveShape } from './step/objective.js'
export {
  type AdamOptions,
  adamW,
  type MomentumOptions,
  momentum,
  type Optimiser,
  type ParameterOptions,
} from './step/optimiser.js'
export { type BatchStatistic, moveStatistics } from './step/running-statistics.js'
export type { SharedStep } from './step/shared-step.js'
export {
  gradientsProgram,
  initialState,
  type Step,
  type StepOptions,
  type StepVariable,
  trainingStep,
  updateProgram,
} from './step/training-step.js'
export {
  FORMER_NETWORK_NAMES,
  FORMER_PREPROCESS_NAMES,
  NETWORK_NAMES,
  type NetworkName,
  PREPROCESS_NAMES,
  type PreprocessName,
  PUBLISHED_NAMES,
  type PublishedName,
  typedName,
} from './typed-names.js'
