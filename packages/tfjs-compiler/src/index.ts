export { compile, type EngineOptions } from './compile.js'
export { ENGINE_CHOICES, ENGINE_NAMES, type EngineName, PRECISIONS, type Precision } from './engine-names.js'
export {
  type CompileOptions,
  type Executable,
  graphOf,
  type Program,
  type Target,
  type TensorType,
  type TypedValues,
  UnsupportedKernel,
} from './executable.js'
export { checkGraph } from './graph/check-graph.js'
export type { Attribute, Attributes, ConstantData, DType, Graph, GraphNode, Value } from './graph/graph.js'
export { sizeOf } from './graph/graph.js'
export { interpret } from './graph/interpret.js'
export { printGraph } from './graph/print-graph.js'
export { prelu } from './kernels/activation.js'
export {
  batchNormOverRanks,
  gatherFromRanks,
  largestOfRanks,
  type Place,
  sumOverRanks,
  sumsOverRanks,
} from './kernels/collective.js'
export { detach } from './kernels/detach.js'
export { type DropoutAttributes, dropout, dropoutFactor, fillDropoutMask } from './kernels/dropout.js'
export { KERNELS, type KernelName } from './kernels/index.js'
export { batchNormTraining } from './kernels/normalisation.js'
export { sumOfSquares } from './kernels/reduction.js'
export { momentumUpdate, movingAverage } from './kernels/update.js'
export { cleanGraph } from './passes/clean-graph.js'
export { type EngineChoice, type EngineWish, resolveEngine } from './resolve-engine.js'
export {
  type ExportOptions,
  exportHalfPrecision,
  exportOnnx,
  exportQuantised,
} from './targets/onnx/export-onnx.js'
export type { CalibrationBatch } from './targets/onnx/reduced-precision/calibrate.js'
export { type InputType, trace } from './trace/trace.js'
export { valueGradsAndAuxiliaries } from './value-grads-and-auxiliaries.js'
