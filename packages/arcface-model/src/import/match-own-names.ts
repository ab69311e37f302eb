import type { WeightFile } from '@tiny-face/weight-files'
import { NETWORKS } from '../networks/network.js'
import type { NetworkName } from '../typed-names.js'
import { type LayerSource, matchTensors } from './layer-source.js'
import { type Layer, layersOf, type Part } from './layers.js'
import { type Candidate, MAX_EMBEDDING_SIZE } from './match-names.js'
import type { NameTable } from './name-table.js'

/**
 * The tensors of what arcface-export wrote: under our own names, in a .safetensors in our own layout. An .onnx has filters in ONNX's, dense
 * weights in ours, numbers of its operations under names that begin with %, and tensors of equal numbers once, under the name of the first.
 */
export function matchOwnNames(file: WeightFile, table: NameTable, network: NetworkName): Candidate {
  const embeddingSize = embeddingSizeOf(file, network)
  const layers = layersOf(network, embeddingSize)
  const shared = namesInGraph(file, layers)
  const nameOf = (variable: string) => (file.tensors.has(variable) ? variable : (shared.get(variable) ?? variable))
  const sources = layers.map(layer => sourceOf(layer, table, file.format === 'onnx', nameOf))
  const isLeftOut = (name: string) => table.leftOut.some(pattern => pattern.test(name))
  return { table, network, embeddingSize, prefix: '', sources, matches: matchTensors(sources, file, isLeftOut) }
}

/** Whether arcface-export wrote the model in f16 or int8: what is left of its weights is no network to go on from. */
export function isReducedExport({ format, tensors }: WeightFile): boolean {
  return format === 'onnx' && (tensors.has('stem/filter/folded') || tensors.has('stem/filter/folded/int8'))
}

function embeddingSizeOf({ tensors, format }: WeightFile, network: NetworkName): number {
  // Where no batch norm follows the last layer, its filters say it: [height, width, in, out] in ours, [out, in, …] in ONNX.
  const filters = tensors.get('embedding/filter')?.shape
  const size = tensors.get('embedding/mean')?.shape[0] ?? (format === 'onnx' ? filters?.[0] : filters?.[3])
  return size !== undefined && size >= 1 && size <= MAX_EMBEDDING_SIZE ? size : NETWORKS[network].embeddingSize
}

/** What the graph's batch norms and PReLUs take, by the variables of our layers, which come in the same order. */
function namesInGraph({ graph = [] }: WeightFile, layers: readonly Layer[]): Map<string, string> {
  const reshaped = new Map(
    graph.flatMap(({ operator, inputs, outputs }) => (operator === 'Reshape' ? [[outputs[0]!, inputs[0]!]] : [])),
  )
  const names = new Map<string, string>()
  const pair = (operator: string, parts: readonly Part[]) => {
    const operations = graph.filter(operation => operation.operator === operator)
    const having = layers.filter(({ variables }) => variables.has(parts.at(-1)!))
    if (operations.length !== having.length) return
    for (const [i, { name }] of having.entries())
      for (const [j, part] of parts.entries()) {
        const input = operations[i]!.inputs[j + 1] ?? ''
        names.set(`${name}/${part}`, reshaped.get(input) ?? input)
      }
  }
  pair('BatchNormalization', ['scale', 'offset', 'mean', 'variance'])
  pair('PRelu', ['slope'])
  return names
}

function sourceOf(
  layer: Layer,
  { epsilon }: NameTable,
  isOnnx: boolean,
  nameOf: (variable: string) => string,
): LayerSource {
  const named = <P extends Part, K extends string>(part: P, key: K) =>
    (layer.variables.has(part) ? { [key]: nameOf(`${layer.name}/${part}`) } : {}) as { [key in K]?: string }
  const norm = {
    epsilon,
    ...named('scale', 'scale'),
    ...named('offset', 'offset'),
    ...named('mean', 'mean'),
    ...named('variance', 'variance'),
  }
  return {
    layer,
    order: isOnnx && layer.variables.has('filter') ? 'oihw' : 'hwio',
    ...named('filter', 'weights'),
    ...named('weights', 'weights'),
    ...named('bias', 'bias'),
    ...(layer.variables.has('mean') ? { norm } : {}),
    ...named('slope', 'slope'),
  }
}
