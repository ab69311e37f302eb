import type { Tensor4D } from '@tensorflow/tfjs-core'
import * as tf from '@tensorflow/tfjs-core'
import { cleanGraph, exportOnnx, type Program, trace } from '@tiny-face/tfjs-compiler'
import { declare } from './declare.js'
import type { Network } from './networks/network.js'
import { formatPreprocess, PREPROCESS_KEY, preprocessOf } from './preprocess.js'
import { Scope, type Variable } from './scope.js'

/** The variables of a network without its margin head. */
export function networkVariables(network: Network, embeddingSize = network.embeddingSize): Variable[] {
  return declare(net => network.embed(net, tf.fill([2, network.size, network.size, 3], 0), embeddingSize)).variables
}

/**
 * A trained network as a program: `input` `[batch, size, size, 3]` preprocessed to `embedding` `[batch, embeddingSize]`. Its weights and
 * running statistics are constants, set by the names of its variables.
 */
export function inferenceProgram(
  network: Network,
  { batchSize, embeddingSize = network.embeddingSize }: { batchSize: number; embeddingSize?: number },
): Program {
  const variables = networkVariables(network, embeddingSize)
  return {
    inputs: {
      input: { shape: [batchSize, network.size, network.size, 3], dtype: 'float32' },
      ...Object.fromEntries(variables.map(({ name, shape }) => [name, { shape, dtype: 'float32' as const }])),
    },
    state: new Map(),
    constants: variables.map(({ name }) => name),
    run(inputs) {
      const net = new Scope({ training: false, lookup: ({ name }) => inputs[name]! })
      return { embedding: network.embed(net, inputs.input as Tensor4D, embeddingSize) }
    },
  }
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
  const program = inferenceProgram(network, { batchSize: 1, embeddingSize })
  const input = { shape: ['batch' as const, network.size, network.size, 3], dtype: 'float32' as const }
  return exportOnnx(cleanGraph(trace(program.run, { ...program.inputs, input })), {
    weights: weightsOf(program, weights),
    metadata: { [PREPROCESS_KEY]: formatPreprocess({ ...preprocessOf(network.preprocess), size: network.size }) },
  })
}

/** Those of the weights that the program asks for. @throws Error where one is missing */
export function weightsOf(
  { constants = [] }: Program,
  weights: Readonly<Record<string, Float32Array>>,
): Record<string, Float32Array> {
  return Object.fromEntries(
    constants.map(name => {
      const values = weights[name]
      if (values === undefined) throw new Error(`the weights have no ${name}`)
      return [name, values]
    }),
  )
}
