export { decodeRecords, decodeStream, encodeRecords, encodeStream } from './async-records.js'
export { MAX_DEPTH, MAX_MESSAGE_BYTES } from './decode.js'
export { LabelCensus, severalNumbers } from './label-census.js'
export { personOf } from './person.js'
export {
  type Begin,
  type BeginFields,
  copyRecord,
  type DataMap,
  type EmbeddingModel,
  FOLDS,
  isTensor,
  type Label,
  type Pair,
  type PartOfWhole,
  type RecordIO,
  STREAM_VERSION,
  type Tensor,
  type TensorType,
  type TensorValues,
  tensorOf,
  tensorValues,
} from './record.js'
export { faceBytes, recordBytes } from './record-bytes.js'
export type { DecodeOptions } from './record-decoder.js'
export { RecordReader, stdinRecords } from './record-reader.js'
export { RecordWriter, stdoutRecords } from './record-writer.js'
