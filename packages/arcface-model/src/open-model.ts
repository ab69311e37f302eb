import { statSync } from 'node:fs'
import { UsageError } from '@tiny-face/safe-files'
import type { EngineWish } from '@tiny-face/tfjs-compiler'
import type { FaceModel } from './face-model.js'
import { openOnnxModel } from './open-onnx-model.js'
import type { PreprocessWish } from './preprocess-text.js'
import { checkpointSteps, modelFile } from './run-folder.js'
import type { PreprocessName } from './typed-names.js'

export interface OpenOptions {
  /** How the input is normalised; as the model says where left out. */
  readonly preprocess?: PreprocessName | PreprocessWish | undefined
  /** The name of an ONNX model's output that is the embedding, where several can be. */
  readonly output?: string | undefined
  readonly threads?: number | undefined
  /** What a run's network runs on; `auto` where left out. An ONNX file has only `onnx`. */
  readonly engine?: EngineWish['engine']
  /** The batch size of an engine that needs to know it ahead. */
  readonly batchSize?: number | undefined
}

/**
 * Opens a network: an ONNX file, or a run's folder. With engine `onnx` that is the folder's model.onnx, else the checkpoint that it was made
 * of, compiled for the engine; both give the same embeddings up to the rounding of float32.
 *
 * @throws DataError where the model is damaged, takes or gives something else, or its preprocessing is not known, or where the engine is
 *   not installed; UsageError where an ONNX file is to run on another engine
 */
export async function openModel(modelOrRun: string, options: OpenOptions = {}): Promise<FaceModel> {
  const { engine = 'auto', preprocess, output, threads } = options
  if (!statSync(modelOrRun).isDirectory()) {
    if (engine !== 'auto' && engine !== 'onnx')
      throw new UsageError(
        `${modelOrRun} is an ONNX file, which runs on engine onnx only; engine ${engine} takes a run's folder`,
      )
    return openOnnxModel(modelOrRun, { preprocess, output, threads })
  }
  // Loaded only for a run: an ONNX file needs neither the compiler nor TensorFlow.js.
  const { resolveEngine } = await import('@tiny-face/tfjs-compiler')
  const { openRun } = await import('./open-run.js')
  // A folder that was given away may hold no more than its model.
  const hasCheckpoint = checkpointSteps(modelOrRun).length > 0
  const choice = resolveEngine({ engine: engine === 'auto' && !hasCheckpoint ? 'onnx' : engine, precision: 'f32' })
  if (choice.engine === 'onnx')
    return { ...(await openOnnxModel(modelFile(modelOrRun), { preprocess, output, threads })), choice }
  if (output !== undefined)
    throw new UsageError(`a run's network has one output; --output ${output} is for an ONNX file`)
  return openRun(modelOrRun, choice, options)
}
