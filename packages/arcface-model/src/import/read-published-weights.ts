import { openWeights } from '@tiny-face/weight-files'
import type { NetworkConfig } from '../checkpoint.js'
import type { PublishedName } from '../typed-names.js'
import { chooseSource } from './choose-source.js'
import { importWeights } from './import-weights.js'
import { fetchPublishedWeights } from './published-weights.js'

/** Published weights as those of a run: by variable name, in tfjs's own layout. @throws DataError as fetchPublishedWeights */
export async function readPublishedWeights(
  name: PublishedName,
  folder?: string,
): Promise<NetworkConfig & { readonly weights: Readonly<Record<string, Float32Array>> }> {
  const file = await openWeights(await fetchPublishedWeights(name, folder))
  try {
    const source = chooseSource(file, { from: name })
    const tensors = importWeights(file, source)
    const weights = Object.fromEntries([...tensors].map(([variable, { values }]) => [variable, values]))
    return { network: source.network, embeddingSize: source.embeddingSize, weights }
  } finally {
    file.close()
  }
}
