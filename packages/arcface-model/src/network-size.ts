import { type GraphNode, graphOf } from '@tiny-face/tfjs-compiler'
import { inferenceProgram, networkVariables } from './inference.js'
import type { Network } from './networks/network.js'

export interface NetworkSize {
  /** Numbers that are trained, the margin head's left out. */
  readonly parameters: number
  /** Multiplications of its convolutions and dense layers for one image; each goes with an addition. */
  readonly multiplyAdds: number
}

/** How large a network is: counted in the graph that it traces to. */
export function networkSize(network: Network, embeddingSize = network.embeddingSize): NetworkSize {
  const parameters = networkVariables(network, embeddingSize)
    .filter(({ kind }) => kind === 'parameter')
    .reduce((sum, { shape }) => sum + sizeOf(shape), 0)
  const { nodes } = graphOf(inferenceProgram(network, { batchSize: 1, embeddingSize }))
  return { parameters, multiplyAdds: nodes.reduce((sum, node) => sum + multiplications(node), 0) }
}

function multiplications({ op, inputs, outputs }: GraphNode): number {
  const [, weights] = inputs.map(({ shape }) => shape)
  const output = outputs[0]!.shape
  if (op === 'Conv2D') return sizeOf(output) * sizeOf(weights!.slice(0, 3))
  if (op === 'DepthwiseConv2dNative') return sizeOf(output) * sizeOf(weights!.slice(0, 2))
  // Weights are [batch, inputs, units], not transposed.
  if (op === 'BatchMatMul') return sizeOf(output) * weights!.at(-2)!
  return 0
}

function sizeOf(shape: readonly number[]): number {
  return shape.reduce((product, extent) => product * extent, 1)
}
