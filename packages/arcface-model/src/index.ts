export { arcface, type Margin } from './arcface-head.js'
export { type CheckpointState, exportCheckpoint, type NetworkConfig, writeCheckpoint, writeText } from './checkpoint.js'
export { compileTrainingStep, type TrainingExecutable } from './compile-step.js'
export { DEFAULT_BATCH_SIZE, type EmbedOptions, embedder, embedRecords } from './embed.js'
export { exportNetwork, networkVariables } from './inference.js'
export { NETWORKS, type Network, type NetworkName } from './networks/network.js'
export { type FaceModel, openModel } from './open-model.js'
export {
  type FillInput,
  formatPreprocess,
  type InputShape,
  inputFiller,
  type Layout,
  type Normalisation,
  PREPROCESS_KEY,
  PRESETS,
  type Preprocess,
  type PreprocessName,
  parsePreprocess,
  preprocessOf,
} from './preprocess.js'
export { type CheckpointPaths, checkpointSteps, modelFile, type RunPaths, runPaths } from './run-folder.js'
export { MAX_HEADER_BYTES, type NamedTensor, readSafetensors, writeSafetensors } from './safetensors.js'
export { Scope, type Variable } from './scope.js'
export { initialState, type StepShape, type TrainingStep, traceTrainingStep, trainingStep } from './training-step.js'
