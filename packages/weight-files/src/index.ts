export type { NumberType } from './number-types.js'
export { openWeights } from './open-weights.js'
export {
  MAX_HEADER_BYTES,
  type NamedTensor,
  type RowsOf,
  readSafetensors,
  type TensorInPieces,
  writeSafetensors,
} from './safetensors.js'
export type { GraphOperation, NormSettings, TensorInfo, WeightFile, WeightFormat } from './weight-file.js'
export * from './weight-limits.js'
