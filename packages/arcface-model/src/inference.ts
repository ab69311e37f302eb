import type { Tensor, Tensor4D } from '@tensorflow/tfjs-core'
import * as tf from '@tensorflow/tfjs-core'
import { cleanGraph, exportOnnx, trace } from '@tiny-face/tfjs-compiler'
import type { Network } from './networks/network.js'
import { formatPreprocess, PREPROCESS_KEY, preprocessOf } from './preprocess.js'
import { Scope, type Variable } from './scope.js'
import { declare } from './training-step.js'

/** Stands for the batch while a network is traced for any batch size: a prime that no other extent has. */
const SYMBOLIC_BATCH = 7919

/** The variables of a network without its margin head. */
export function networkVariables(network: Network, embeddingSize = network.embeddingSize): Variable[] {
  return declare(net => network.embed(net, tf.zeros([2, network.size, network.size, 3]), embeddingSize))
}

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
  const variables = networkVariables(network, embeddingSize)
  const graph = cleanGraph(
    trace(
      inputs => {
        const net = new Scope(false, ({ name }) => inputs[name] as Tensor)
        return { embedding: network.embed(net, inputs.input as Tensor4D, embeddingSize) }
      },
      {
        input: { shape: [SYMBOLIC_BATCH, network.size, network.size, 3], dtype: 'float32' },
        ...Object.fromEntries(
          variables.map(({ name, shape }) => [name, { shape: [...shape], dtype: 'float32' as const }]),
        ),
      },
    ),
  )
  const own: Record<string, Float32Array> = {}
  for (const { name } of variables) {
    const values = weights[name]
    if (values === undefined) throw new Error(`the weights have no ${name}`)
    own[name] = values
  }

  return exportOnnx(graph, {
    weights: own,
    dynamicBatch: SYMBOLIC_BATCH,
    metadata: { [PREPROCESS_KEY]: formatPreprocess({ ...preprocessOf(network.preprocess), size: network.size }) },
  })
}
