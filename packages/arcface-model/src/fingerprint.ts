import { createHash } from 'node:crypto'
import { closeSync, openSync } from 'node:fs'
import { basename } from 'node:path'
import type { EmbeddingModel } from '@tiny-face/record-stream'
import { readChunk } from '@tiny-face/safe-files'
import type { FaceModel } from './face-model.js'
import { describeNormalisation } from './preprocess.js'

const CHUNK = 1 << 20

/**
 * What a stream's begin says of the network that made its embeddings. Its `sha256` is that of the file that the weights came from, an ONNX
 * file or a checkpoint's safetensors; where ONNX weights lie in further files, of the bytes of them all, one behind the other.
 *
 * @param modelOrRun as `--model` names it
 */
export function fingerprint(modelOrRun: string, model: FaceModel): EmbeddingModel {
  const { files = [], normalisation, shape } = model
  const hash = createHash('sha256')
  const buffer = Buffer.allocUnsafe(CHUNK)
  for (const file of files) {
    const fd = openSync(file, 'r')
    try {
      for (let length = readChunk(fd, buffer); length > 0; length = readChunk(fd, buffer))
        hash.update(buffer.subarray(0, length))
    } finally {
      closeSync(fd)
    }
  }
  const preprocess = describeNormalisation(normalisation, shape.channels)
  return { name: basename(modelOrRun), sha256: hash.digest('hex'), preprocess }
}
