import { type GraphNode, graphOf, sizeOf, type Value } from '@tiny-face/tfjs-compiler'
import { inferenceProgram, networkVariables } from './inference.js'
import type { Network } from './networks/network.js'

/** What a network computes under one name: a convolution with the batch norm and the PReLU that follow it. */
export interface Layer {
  readonly name: string
  /** Of its result for one image: height, width and channels, or a vector's length. */
  readonly shape: readonly number[]
  /** Numbers that are trained. */
  readonly parameters: number
  /** Multiplications of its convolution or dense layer for one image; each goes with an addition. */
  readonly multiplyAdds: number
}

/** The layers of a network in the order in which they compute, without the margin head. */
export function networkLayers(network: Network, embeddingSize = network.embeddingSize): Layer[] {
  const { inputs, nodes } = graphOf(inferenceProgram(network, { batchSize: 1, embeddingSize }))
  const owners = new Map<Value, string>()
  for (const [name, value] of inputs) if (name.includes('/')) owners.set(value, layerOf(name))
  const layers = new Map<string, { shape: readonly number[]; multiplyAdds: number }>()
  for (const node of nodes) {
    const owner = node.inputs.map(value => owners.get(value)).find(name => name !== undefined)
    if (owner === undefined) continue
    const [output] = node.outputs
    const before = layers.get(owner)?.multiplyAdds ?? 0
    layers.set(owner, { shape: withoutOnes(output!.shape), multiplyAdds: before + multiplications(node) })
  }
  const parameters = new Map<string, number>()
  for (const { name, kind, shape } of networkVariables(network, embeddingSize)) {
    if (kind === 'parameter') parameters.set(layerOf(name), (parameters.get(layerOf(name)) ?? 0) + sizeOf(shape))
  }
  return [...layers].map(([name, layer]) => ({ name, ...layer, parameters: parameters.get(name) ?? 0 }))
}

/** `stage1/2/expand` of `stage1/2/expand/filter`. */
function layerOf(variable: string): string {
  return variable.slice(0, variable.lastIndexOf('/'))
}

/** `[56, 56, 64]` of `[1, 56, 56, 64]`, and `[512]` of `[1, 1, 1, 512]`. */
function withoutOnes(shape: readonly number[]): readonly number[] {
  return shape.slice(shape.findIndex(extent => extent > 1))
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
