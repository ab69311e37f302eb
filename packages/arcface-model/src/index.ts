export { DEFAULT_BATCH_SIZE, type EmbedOptions, embedder, embedRecords } from './embed.js'
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
