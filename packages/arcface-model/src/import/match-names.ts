import type { WeightFile } from '@tiny-face/weight-files'
import { NETWORKS } from '../networks/network.js'
import type { NetworkName } from '../typed-names.js'
import { type LayerSource, matchTensors, type NormSource, type TensorMatch } from './layer-source.js'
import { type Layer, layersOf } from './layers.js'
import { type LayerNames, type NameTable, rowOf } from './name-table.js'

/** A file's tensors as those of a network, by a table or by the order of a graph. */
export interface Candidate {
  readonly table: NameTable
  readonly network: NetworkName
  readonly embeddingSize: number
  /** What the names of the network's tensors begin with in the file. */
  readonly prefix: string
  readonly sources: readonly LayerSource[]
  readonly matches: readonly TensorMatch[]
}

/** Whether every tensor of the network is there, and nothing else that might be of it. */
export function fits({ matches }: Candidate): boolean {
  return matches.every(({ status }) => status === 'matched' || status === 'left out')
}

/** How near a candidate is to fitting, for a message where none does. */
export function nearness({ matches }: Candidate): number {
  return matches.reduce((sum, { status }) => sum + (status === 'matched' ? 1 : status === 'left out' ? 0 : -1), 0)
}

/** A file's tensors by the names of a table, under every prefix that the table's first layer occurs with. */
export function matchNames(file: WeightFile, table: NameTable, network: NetworkName): Candidate[] {
  return prefixesOf(file, table).map(prefix => {
    const embeddingSize = embeddingSizeOf(file, table, network, prefix)
    const sources = layersOf(network, embeddingSize).map(layer => sourceOf(file, table, prefix, layer))
    const isLeftOut = (name: string) =>
      !name.startsWith(prefix) || table.leftOut.some(pattern => pattern.test(name.slice(prefix.length)))
    const matches = matchTensors(sources, file, isLeftOut)
    return { table, network, embeddingSize, prefix, sources, matches }
  })
}

/** `module.` of `module.conv1.weight`: whatever stands before the first layer's name. */
function prefixesOf(file: WeightFile, { layers, tensors }: NameTable): string[] {
  const first = `${layers[0]!.weights}${tensors.weights}`
  return [...file.tensors.keys()]
    .filter(name => name === first || (name.endsWith(first) && /[./:]$/.test(name.slice(0, -first.length))))
    .map(name => name.slice(0, -first.length))
}

function embeddingSizeOf(file: WeightFile, table: NameTable, network: NetworkName, prefix: string): number {
  const row = table.layers.find(({ ours }) => ours === 'embedding')
  const shape = file.tensors.get(`${prefix}${row?.weights}${row?.sole ? '' : table.tensors.weights}`)?.shape
  const size = table.tensors.order === 'oihw' ? shape?.[0] : shape?.at(-1)
  // Of an unlikely size nothing is made: the shape is told to be wrong.
  return size !== undefined && size >= 1 && size <= MAX_EMBEDDING_SIZE ? size : NETWORKS[network].embeddingSize
}

/** The longest embedding of a published network has 2,048 numbers. */
export const MAX_EMBEDDING_SIZE = 4096

function sourceOf(file: WeightFile, table: NameTable, prefix: string, layer: Layer): LayerSource {
  const row = rowOf(table, layer.name, layer.block)?.row
  if (row === undefined) throw new Error(`internal: ${table.name} has no row for ${layer.name}`)
  const names = table.tensors
  const { order } = names
  if (row.identity) return { layer, order, identity: true }
  const { weights, norm, slope, sole, paired, half } = row
  const has = (part: Parameters<Layer['variables']['has']>[0]) => layer.variables.has(part)
  const bias = `${prefix}${weights}${names.bias}`
  return {
    layer,
    order,
    ...(paired && { paired }),
    ...(half && { half }),
    ...(weights === undefined ? {} : { weights: `${prefix}${weights}${sole ? '' : names.weights}` }),
    // A convolution of ours has no bias; one that the source has is folded into the batch norm behind it.
    ...(weights !== undefined && (has('bias') || file.tensors.has(bias)) ? { bias } : {}),
    ...(norm === undefined ? {} : { norm: normOf(file, table, prefix, norm, row) }),
    ...(slope !== undefined && has('slope') ? { slope: `${prefix}${slope}${names.slope}` } : {}),
  }
}

function normOf(file: WeightFile, table: NameTable, prefix: string, norm: string, { bare }: LayerNames): NormSource {
  const name = `${prefix}${norm}`
  const { scale, offset, mean, variance } = table.tensors
  const given = file.norms?.get(name)
  return {
    epsilon: given?.epsilon ?? table.epsilon,
    ...(bare ? {} : { scale: `${name}${scale}`, offset: `${name}${offset}` }),
    ...(given?.fixedScale ? { scaleIsOne: true } : {}),
    ...(mean === undefined ? {} : { mean: `${name}${mean}`, variance: `${name}${variance}` }),
  }
}
