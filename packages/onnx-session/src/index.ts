export { fromFloat16, toFloat16 } from '@tiny-face/weight-files/float16'
export { MAX_LOOP_TURNS, MAX_MADE_ELEMENTS } from './check-model-graph.js'
export { type OnnxSession, openSession, type SessionOptions } from './open-session.js'
export {
  MAX_GRAPH_DEPTH,
  MAX_MODEL_NODES,
  MAX_NODE_FIELD_BYTES,
  MAX_TENSOR_AXES,
  type ModelGraph,
  type ModelNode,
  type ModelTensor,
} from './read-model-graph.js'
export { MAX_METADATA_ENTRY_BYTES, readModelMetadata } from './read-model-metadata.js'
export { StatefulSession, type StatePair } from './stateful-session.js'
export type { OtherOutput, TensorDtype, TensorValues, TypedTensor, ValueInfo } from './typed-tensor.js'
