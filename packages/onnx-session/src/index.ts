export { type OnnxSession, openSession, type SessionOptions } from './open-session.js'
export { MAX_METADATA_ENTRY_BYTES, readModelMetadata } from './read-model-metadata.js'
export { StatefulSession, type StatePair } from './stateful-session.js'
export type { TensorDtype, TensorValues, TypedTensor, ValueInfo } from './typed-tensor.js'
