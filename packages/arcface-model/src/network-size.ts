import { networkLayers } from './network-layers.js'
import type { Network } from './networks/network.js'

export interface NetworkSize {
  /** Numbers that are trained, the margin head's left out. */
  readonly parameters: number
  /** Multiplications of its convolutions and dense layers for one image; each goes with an addition. */
  readonly multiplyAdds: number
}

/** How large a network is: the sum of its layers. */
export function networkSize(network: Network, embeddingSize = network.embeddingSize): NetworkSize {
  const layers = networkLayers(network, embeddingSize)
  return {
    parameters: layers.reduce((sum, layer) => sum + layer.parameters, 0),
    multiplyAdds: layers.reduce((sum, layer) => sum + layer.multiplyAdds, 0),
  }
}
