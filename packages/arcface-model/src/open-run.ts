import type { EngineChoice } from '@tiny-face/tfjs-compiler'
import { readCheckpoint } from './checkpoint.js'
import type { FaceModel } from './face-model.js'
import { loadableModel } from './loadable-model.js'
import type { OpenOptions } from './open-model.js'

/**
 * Compiles the network of a run's last checkpoint for an engine.
 *
 * @throws DataError where the run has no checkpoint, or its files are damaged
 */
export async function openRun(run: string, choice: EngineChoice, options: OpenOptions = {}): Promise<FaceModel> {
  const { weights, ...config } = readCheckpoint(run)
  const model = await loadableModel(config, choice, { ...options, file: run })
  await model.load(weights)
  return model
}
