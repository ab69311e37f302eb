import { cleanGraph, exportOnnx, trace } from '@tiny-face/tfjs-compiler'
import { inferenceProgram, weightsOf } from './inference.js'
import type { Network } from './networks/network.js'
import { formatPreprocess, PREPROCESS_KEY, preprocessOf } from './preprocess.js'

/**
 * A trained network as an ONNX model of standard operators: `input` float32 `[batch, 3, height, width]` to `embedding`
 * `[batch, embeddingSize]`, any batch size; its preprocessing is in the metadata.
 *
 * @param weights by variable name, in tfjs's own layout; names that the network does not ask for are left out
 * @throws Error where a variable is missing
 */
export function exportNetwork(
  network: Network,
  weights: Record<string, Float32Array>,
  embeddingSize = network.embeddingSize,
): Uint8Array {
  const program = inferenceProgram(network, { batchSize: 1, embeddingSize })
  const input = { shape: ['batch' as const, network.size, network.size, 3], dtype: 'float32' as const }
  return exportOnnx(cleanGraph(trace(program.run, { ...program.inputs, input })), {
    weights: weightsOf(program, weights),
    metadata: { [PREPROCESS_KEY]: formatPreprocess({ ...preprocessOf(network.preprocess), size: network.size }) },
  })
}
