import { statSync } from 'node:fs'
import { NETWORKS, networkVariables, readWeights } from '@tiny-face/arcface-model'
import { DataError } from '@tiny-face/safe-files'
import { sizeOf } from '@tiny-face/tfjs-compiler'
import { readSafetensors } from '@tiny-face/weight-files'
import type { TrainingConfig } from '../config.js'

/**
 * The weights and running statistics that `init` gives a network: of a run (its best where it was verified, else its last), or out of a
 * .safetensors file whose tensors have the names and shapes of a checkpoint's. The head is not among them.
 *
 * @throws DataError where a tensor of the network is missing or has another shape
 */
export function firstWeights(
  init: string,
  { network: name, embeddingSize }: Pick<TrainingConfig, 'network' | 'embeddingSize'>,
): Record<string, Float32Array> {
  const given = statSync(init).isDirectory() ? ofRun(init, name, embeddingSize) : tensorsOf(init)
  return Object.fromEntries(
    networkVariables(NETWORKS[name], embeddingSize).map(({ name: variable, shape }) => {
      const values = given[variable]
      if (values?.length !== sizeOf(shape))
        throw new DataError({
          file: init,
          expected: `${variable} of ${name} with embeddings of ${embeddingSize}: [${shape}]`,
          found: values === undefined ? 'no such tensor' : `${values.length} values`,
        })
      return [variable, values]
    }),
  )
}

function ofRun(run: string, network: string, embeddingSize: number): Record<string, Float32Array> {
  const { weights, ...found } = readWeights(run)
  if (found.network !== network || found.embeddingSize !== embeddingSize)
    throw new DataError({
      file: run,
      expected: `a run of ${network} with embeddings of ${embeddingSize}`,
      found: `${found.network} with ${found.embeddingSize}`,
    })
  return weights
}

function tensorsOf(file: string): Record<string, Float32Array> {
  return Object.fromEntries([...readSafetensors(file)].map(([name, { values }]) => [name, values]))
}
