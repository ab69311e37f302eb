export {
  integerOf,
  type PlacedBytes,
  type PlacedField,
  packedIntegers,
  placedFields,
} from './placed-fields.js'
export { bytesField, doubleField, doublesField, floatField, intField, message } from './protobuf-fields.js'
export {
  BYTES,
  FIXED32,
  FIXED64,
  GROUP_END,
  GROUP_START,
  MAX_GROUP_DEPTH,
  ProtobufReader,
  VARINT,
} from './protobuf-reader.js'
export { fieldSize, varintSize, writeHead, writeVarint } from './protobuf-writer.js'
