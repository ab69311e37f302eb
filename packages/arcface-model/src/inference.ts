import type { Tensor4D } from '@tensorflow/tfjs-core'
import * as tf from '@tensorflow/tfjs-core'
import type { Program } from '@tiny-face/tfjs-compiler'
import { declareVariables } from './declare-variables.js'
import type { Network } from './networks/network.js'
import { Scope, type Variable } from './scope.js'

/** The variables of a network without its margin head. */
export function networkVariables(network: Network, embeddingSize = network.embeddingSize): Variable[] {
  return declareVariables(net => network.embed(net, tf.fill([2, network.size, network.size, 3], 0), embeddingSize))
    .variables
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
