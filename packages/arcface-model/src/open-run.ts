import type { EngineChoice } from '@tiny-face/tfjs-compiler'
import { chosenStep, readWeights } from './checkpoint.js'
import type { FaceModel } from './face-model.js'
import { loadableModel } from './loadable-model.js'
import type { OpenOptions } from './open-model.js'
import { runPaths } from './run-folder.js'

/**
 * Compiles a run's network for an engine: its best where the run was verified, else its last.
 *
 * @throws DataError where the run has no checkpoint, or its files are damaged
 */
export async function openRun(run: string, choice: EngineChoice, options: OpenOptions = {}): Promise<FaceModel> {
  const step = chosenStep(run)
  const { weights, ...config } = readWeights(run, step)
  const model = await loadableModel(config, choice, { ...options, file: run })
  await model.load(weights)
  return { ...model, files: [runPaths(run).checkpoint(step).weights] }
}
