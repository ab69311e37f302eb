import { fileKind, KIND_BYTES } from '@tiny-face/file-signatures'
import { DataError } from '@tiny-face/safe-files'
import { FileBytes } from './file-bytes.js'
import { LIST_MAGIC } from './mxnet/ndarray-list.js'
import { openMxnet, paramsBeside } from './mxnet/open-mxnet.js'
import { openOnnx } from './onnx/open-onnx.js'
import { openPytorchArchive } from './pytorch/pytorch-archive.js'
import { openPytorchStream, STREAM_HEAD } from './pytorch/pytorch-stream.js'
import { openSafetensors } from './safetensors.js'
import { checkpointIndex, openTensorflow } from './tensorflow/open-tensorflow.js'
import { TABLE_MAGIC } from './tensorflow/sorted-table.js'
import { openTfjs } from './tfjs/open-tfjs.js'
import type { WeightFile } from './weight-file.js'

/** JSON, a list. */
const MANIFEST_HEAD = /^\s*\[/
const EXPECTED =
  'weights: PyTorch (.pth, .pt), MXNet (.params), a TensorFlow checkpoint, ONNX, safetensors or a weights manifest of TensorFlow.js'

/**
 * Opens a file of weights, of whatever format it begins as; of a TensorFlow checkpoint its NAME or any of its files,
 * of MXNet the .params or the -symbol.json, of TensorFlow.js the -weights_manifest.json.
 *
 * @throws DataError where it is none, or is damaged
 */
export async function openWeights(path: string): Promise<WeightFile> {
  const bytes = new FileBytes(checkpointIndex(path) ?? paramsBeside(path) ?? path)
  try {
    return await openByKind(bytes)
  } catch (error) {
    bytes.close()
    throw error
  }
}

function openByKind(bytes: FileBytes): WeightFile | Promise<WeightFile> {
  const { file, size } = bytes
  const head = Buffer.from(bytes.peek(0, Math.min(KIND_BYTES, size), 'the file'))
  if (head.toString('latin1', 0, 2) === 'PK') return openPytorchArchive(bytes)
  if (head.subarray(0, STREAM_HEAD.length).equals(STREAM_HEAD)) return openPytorchStream(bytes)
  if (size >= 24 && head.readBigUInt64LE() === BigInt(LIST_MAGIC) && head.readBigUInt64LE(8) === 0n)
    return openMxnet(bytes)
  if (
    size >= TABLE_MAGIC.length &&
    bytes.peek(size - TABLE_MAGIC.length, TABLE_MAGIC.length, 'the end').equals(TABLE_MAGIC)
  )
    return openTensorflow(bytes)
  if (head[8] === 0x7b) return openSafetensors(bytes)
  if (MANIFEST_HEAD.test(head.toString('latin1'))) return openTfjs(bytes)
  const kind = fileKind(head)
  // The first field of an ONNX model is its ir_version: a number below 128.
  if (head[0] === 0x08 && (head[1] ?? 0) < 0x80 && kind === undefined) return openOnnx(bytes)
  throw new DataError({ file, expected: EXPECTED, found: kind ?? 'other bytes' })
}
