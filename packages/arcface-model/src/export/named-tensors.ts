import type { NamedTensor } from '@tiny-face/weight-files'
import { FLATTENED_CHANNELS } from '../import/convert-layer.js'
import { foldInput } from '../import/fold-input.js'
import { isDepthwise, type Layer, layersOf } from '../import/layers.js'
import { type LayerNames, rowOf, type TensorNames } from '../import/name-table.js'
import { arcfaceTorchIResNet, arcfaceTorchMobileFaceNet } from '../import/tables/arcface-torch.js'
import { NETWORKS } from '../networks/network.js'
import { PRESETS } from '../preprocess.js'
import type { Variable } from '../scope.js'
import type { NetworkName } from '../typed-names.js'

type Weights = Readonly<Record<string, Float32Array>>

/** The tables whose programs take our weights: all layers alike, epsilons too. */
const TABLES = [arcfaceTorchIResNet, arcfaceTorchMobileFaceNet]

/** The networks that arcface_torch has, too. */
export const ARCFACE_TORCH_NETWORKS: readonly NetworkName[] = TABLES.flatMap(({ networks }) => networks)

/** A network's variables under their own names, in tfjs's own layout, and no others. */
export function ownTensors(network: NetworkName, embeddingSize: number, weights: Weights): Map<string, NamedTensor> {
  const variables = layersOf(network, embeddingSize).flatMap(layer => [...layer.variables.values()])
  return new Map(variables.map(({ name, shape }) => [name, { shape, values: weightsOf(weights, name) }]))
}

/**
 * A network's variables as the state_dict of insightface's arcface_torch: `load_state_dict(…, strict=True)` takes it, as PyTorch fills in
 * the counters `num_batches_tracked` of a dict without versions by itself. It takes (x - 127.5) / 127.5, as all of arcface_torch does; where
 * ours takes another deviation, the first filter makes up for it.
 *
 * @param network one of ARCFACE_TORCH_NETWORKS
 */
export function arcfaceTorchTensors(
  network: NetworkName,
  embeddingSize: number,
  weights: Weights,
): Map<string, NamedTensor> {
  const table = TABLES.find(({ networks }) => networks.includes(network))
  if (table === undefined) throw new RangeError(`arcface_torch has no ${network}`)
  const filter = weightsOf(weights, 'stem/filter').slice()
  foldInput(filter, filter.length / (3 * 3 * 3), PRESETS[NETWORKS[network].preprocess], PRESETS.arcface)
  const folded = { ...weights, 'stem/filter': filter }
  const tensors = new Map<string, NamedTensor>()
  for (const layer of layersOf(network, embeddingSize)) {
    const { row } = rowOf(table, layer.name, layer.block)!
    for (const [name, tensor] of tensorsOf(layer, row, table.tensors, folded)) tensors.set(name, tensor)
  }
  return tensors
}

function* tensorsOf(
  { name, variables }: Layer,
  row: LayerNames,
  names: TensorNames,
  weights: Weights,
): Generator<[string, NamedTensor]> {
  const vector = (part: 'bias' | 'scale' | 'offset' | 'mean' | 'variance' | 'slope', of: string | undefined) => {
    const variable = variables.get(part)
    return (
      variable &&
      ([`${of}${names[part]}`, { shape: variable.shape, values: weightsOf(weights, variable.name) }] as const)
    )
  }
  const filter = variables.get('filter') ?? variables.get('weights')
  if (filter !== undefined)
    yield [
      `${row.weights}${names.weights}`,
      inPytorchOrder(filter, weightsOf(weights, filter.name), row.dense ?? false),
    ]
  for (const tensor of [vector('bias', row.weights), vector('slope', row.slope)]) if (tensor) yield [...tensor]
  const mean = variables.get('mean')
  if (mean === undefined) return
  for (const part of ['scale', 'offset', 'mean', 'variance'] as const) {
    const tensor = vector(part, row.norm)
    if (tensor) yield [...tensor]
    // A scale that is not learnt is 1, and a tensor there.
    else if (part === 'scale')
      yield [`${row.norm}${names.scale}`, { shape: mean.shape, values: new Float32Array(mean.shape[0]!).fill(1) }]
    else throw new Error(`internal: ${name} has no ${part}`)
  }
}

/**
 * Filters [height, width, in, out] to [out, in, height, width], depthwise ones [height, width, channels, 1] to [channels, 1, height, width];
 * dense weights [in, out] to [out, in], their inputs flattened [channels, height, width] in place of [height, width, channels].
 */
function inPytorchOrder(variable: Variable, values: Float32Array, dense: boolean): NamedTensor {
  const { shape } = variable
  const [height, width, inputs, outputs] =
    shape.length === 4
      ? (shape as [number, number, number, number])
      : ([1, shape[0]! / FLATTENED_CHANNELS, FLATTENED_CHANNELS, shape[1]!] as const)
  const depthwise = isDepthwise(variable)
  const stored = new Float32Array(values.length)
  const pixels = height * width
  let from = 0
  for (let pixel = 0; pixel < pixels; pixel++)
    for (let input = 0; input < inputs; input++)
      for (let output = 0; output < outputs; output++) {
        const filter = depthwise ? input : output * inputs + input
        stored[filter * pixels + pixel] = values[from++]!
      }
  if (shape.length === 2) return { shape: [outputs, shape[0]!], values: stored }
  if (dense) return { shape: [outputs, inputs], values: stored }
  return { shape: depthwise ? [inputs, 1, height, width] : [outputs, inputs, height, width], values: stored }
}

function weightsOf(weights: Weights, name: string): Float32Array {
  const values = weights[name]
  if (values === undefined) throw new Error(`the weights have no ${name}`)
  return values
}
