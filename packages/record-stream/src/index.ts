export { type Command, InvalidArgumentError } from 'commander'
export { decodeRecords, decodeStream, encodeRecords, encodeStream } from './async.js'
export { AtomicFile } from './atomic-file.js'
export { AtomicFolder } from './atomic-folder.js'
export { DataError, type Fault, type RecordId, UsageError } from './data-error.js'
export { MAX_DEPTH, MAX_MESSAGE_BYTES } from './decode.js'
export { readChunk, writeAll } from './fd.js'
export { type Part, parsePart, partBounds } from './part.js'
export { personOf } from './person.js'
export { isRunning, ownMark, type ProcessMark } from './process-mark.js'
export {
  type Begin,
  type BeginFields,
  copyRecord,
  type DataMap,
  type Label,
  type Pair,
  type RecordIO,
  STREAM_VERSION,
  type Tensor,
  type TensorType,
  type TensorValues,
  tensorOf,
  tensorValues,
} from './record.js'
export type { DecodeOptions } from './record-decoder.js'
export { RecordReader, stdinRecords } from './record-reader.js'
export { RecordWriter, stdoutRecords } from './record-writer.js'
export { expandPaths } from './shell/expand-paths.js'
export { say } from './shell/invocation.js'
export { type ProgressBar, progressBar } from './shell/progress-bar.js'
export { type CommandSpec, parseNumber, parseWhole, runCommand } from './shell/run-command.js'
