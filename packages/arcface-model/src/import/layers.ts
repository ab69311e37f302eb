import { networkVariables } from '../inference.js'
import { NETWORKS } from '../networks/network.js'
import type { Variable } from '../scope.js'
import type { NetworkName } from '../typed-names.js'

/** What a layer's variables are called behind its name. */
export type Part = 'filter' | 'weights' | 'bias' | 'scale' | 'offset' | 'mean' | 'variance' | 'slope'

/** One of our layers: a convolution or dense layer, the batch norm behind it, the PReLU behind that; not all have each. */
export interface Layer {
  readonly name: string
  /** How many units come before its own, of all stages; 0 for a layer outside of units. */
  readonly block: number
  readonly variables: ReadonlyMap<Part, Variable>
}

const kept = new Map<string, readonly Layer[]>()

/** A network's layers in the order in which they compute. */
export function layersOf(network: NetworkName, embeddingSize: number): readonly Layer[] {
  const key = `${network} ${embeddingSize}`
  const known = kept.get(key)
  if (known !== undefined) return known
  const layers = new Map<string, Map<Part, Variable>>()
  for (const variable of networkVariables(NETWORKS[network], embeddingSize)) {
    const slash = variable.name.lastIndexOf('/')
    const name = variable.name.slice(0, slash)
    const parts = layers.get(name) ?? new Map<Part, Variable>()
    layers.set(name, parts.set(variable.name.slice(slash + 1) as Part, variable))
  }
  const units: string[] = []
  const made = [...layers].map(([name, variables]) => {
    const unit = unitOf(name)
    if (unit !== undefined && unit !== units.at(-1)) units.push(unit)
    return { name, block: unit === undefined ? 0 : units.length - 1, variables }
  })
  kept.set(key, made)
  return made
}

/** `stage3/2` of `stage3/2/conv1`. */
export function unitOf(layer: string): string | undefined {
  return /^stage\d+\/\d+(?=\/)/.exec(layer)?.[0]
}

/** Whether a filter is of a depthwise convolution: one for each channel. */
export function isDepthwise({ shape }: Variable): boolean {
  return shape.length === 4 && shape[2] !== 1 && shape[3] === 1
}
