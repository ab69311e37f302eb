import { DataError } from '@tiny-face/safe-files'
import type { NamedTensor, WeightFile } from '@tiny-face/weight-files'
import { NETWORKS } from '../networks/network.js'
import { PRESETS } from '../preprocess.js'
import { convertLayer } from './convert-layer.js'
import { foldInput } from './fold-input.js'
import type { Candidate } from './match-names.js'

/**
 * The variables of a network out of a file, by our names, in tfjs's own layout: on any image they give the embeddings that the source gives,
 * up to rounding.
 *
 * @throws DataError where the file is damaged, or a number of it is not finite, or a variance negative
 */
export function importWeights(file: WeightFile, { network, sources, table }: Candidate): Map<string, NamedTensor> {
  const { preprocess } = NETWORKS[network]
  const tensors = new Map<string, NamedTensor>()
  for (const source of sources) {
    const { layer } = source
    const values = convertLayer(source, file)
    for (const [part, { shape }] of layer.variables) {
      const numbers = values.get(part)!
      const index = numbers.findIndex(value => !Number.isFinite(value))
      if (index >= 0)
        throw new DataError({
          file: file.file,
          expected: `finite numbers for ${layer.name}/${part}`,
          found: `${numbers[index]}`,
        })
      if (table.input !== undefined && layer.name === 'stem' && part === 'filter')
        foldInput(numbers, shape[3]!, table.input, PRESETS[preprocess])
      tensors.set(`${layer.name}/${part}`, { shape, values: numbers })
    }
  }
  return tensors
}
