import { cleanGraph, type ExportOptions, exportOnnx, type Graph, trace } from '@tiny-face/tfjs-compiler'
import { inferenceProgram, weightsOf } from '../inference.js'
import type { Network } from '../networks/network.js'
import { formatPreprocess, PREPROCESS_KEY, preprocessOf } from '../preprocess.js'
import { formatProvenance, PROVENANCE_KEY, type Provenance } from './provenance.js'

/**
 * A trained network as an ONNX model of standard operators: `input` float32 `[batch, 3, height, width]` to `embedding`
 * `[batch, embeddingSize]`, any batch size; its preprocessing, and where it comes from, are in the metadata.
 *
 * @param weights by variable name, in tfjs's own layout; names that the network does not ask for are left out
 * @throws Error where a variable is missing
 */
export function exportNetwork(
  network: Network,
  weights: Readonly<Record<string, Float32Array>>,
  embeddingSize = network.embeddingSize,
  provenance?: Provenance,
): Uint8Array {
  return exportOnnx(...networkGraph(network, weights, embeddingSize, provenance))
}

/** What a model is written from: the network's graph for a batch of any size, its weights and metadata. */
export function networkGraph(
  network: Network,
  weights: Readonly<Record<string, Float32Array>>,
  embeddingSize: number,
  provenance?: Provenance,
): [graph: Graph, options: ExportOptions] {
  const program = inferenceProgram(network, { batchSize: 1, embeddingSize })
  const input = { shape: ['batch' as const, network.size, network.size, 3], dtype: 'float32' as const }
  const { size, alignment = 'arcface' } = network
  const preprocess = formatPreprocess({ ...preprocessOf(network.preprocess), size, alignment })
  return [
    cleanGraph(trace(program.run, { ...program.inputs, input })),
    {
      weights: weightsOf(program, weights),
      metadata: {
        [PREPROCESS_KEY]: preprocess,
        ...(provenance && { [PROVENANCE_KEY]: formatProvenance(provenance) }),
      },
    },
  ]
}
