import { compile, type EngineChoice } from '@tiny-face/tfjs-compiler'
import { readCheckpoint } from './checkpoint.js'
import type { FaceModel } from './face-model.js'
import { inferenceProgram, weightsOf } from './inference.js'
import { NETWORKS } from './networks/network.js'
import type { OpenOptions } from './open-model.js'
import { PRESETS } from './preprocess.js'

/** Images for one run of a network where nobody says how many. */
export const DEFAULT_BATCH_SIZE = 32

/**
 * Compiles the network of a run's last checkpoint for an engine.
 *
 * @throws DataError where the run has no checkpoint, or its files are damaged
 */
export async function openRun(
  run: string,
  choice: EngineChoice,
  { preprocess, threads, batchSize = DEFAULT_BATCH_SIZE }: OpenOptions = {},
): Promise<FaceModel> {
  const { network: name, embeddingSize, weights } = readCheckpoint(run)
  const network = NETWORKS[name]
  const { size } = network
  const program = inferenceProgram(network, { batchSize, embeddingSize })
  const given = weightsOf(program, weights)
  const { engine, precision } = choice
  const executable = await compile(program, { engine, precision, ...(threads === undefined ? {} : { threads }) })
  await executable.setState(given)
  return {
    file: run,
    shape: { layout: 'nhwc', height: size, width: size },
    normalisation: PRESETS[preprocess ?? network.preprocess],
    batch: batchSize,
    choice,
    async embed(input) {
      const { embedding } = await executable.step({ input })
      return embedding as Float32Array
    },
    close: () => executable.close(),
  }
}
