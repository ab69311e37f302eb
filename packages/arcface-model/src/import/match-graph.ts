import type { GraphOperation, WeightFile } from '@tiny-face/weight-files'
import { NETWORKS } from '../networks/network.js'
import type { NetworkName } from '../typed-names.js'
import { type LayerSource, matchTensors, type TensorMatch } from './layer-source.js'
import { type Layer, layersOf, unitOf } from './layers.js'
import { type Candidate, MAX_EMBEDDING_SIZE } from './match-names.js'
import { type NameTable, rowOf, type WeightOrder } from './name-table.js'

/** A convolution or dense layer, a batch norm or a PReLU of a graph, by the names of its tensors. */
type Item = (
  | { readonly kind: 'weights'; readonly weights: string; readonly bias?: string; readonly order: WeightOrder }
  | { readonly kind: 'norm'; readonly names: readonly string[]; readonly epsilon: number }
  | { readonly kind: 'slope'; readonly slope: string }
  | { readonly kind: 'unknown'; readonly operator: string }
) & { readonly input: string; readonly output: string }

/**
 * The tensors of an ONNX graph as those of a network: names say nothing there, so the graph's convolutions, batch norms and PReLUs are taken
 * in the order in which they compute, which is the order of a table's rows within each unit. A batch norm that was folded into its
 * convolution is missing; of it, the convolution's bias is left.
 */
export function matchGraph(file: WeightFile, table: NameTable, network: NetworkName): Candidate {
  const items = itemsOf(file)
  const embeddingSize = embeddingSizeOf(file, items, network)
  const sources: LayerSource[] = []
  const faults: TensorMatch[] = []
  let next = 0
  let grouped: (Item & { kind: 'weights' }) | undefined
  const take = <K extends Item['kind']>(kind: K, layer: Layer): (Item & { kind: K }) | undefined => {
    const item = items[next]
    if (item?.kind === kind) {
      next++
      return item as Item & { kind: K }
    }
    faults.push({
      status: 'missing',
      variable: layer.name,
      note: `a ${WORDS[kind]}, where the graph has ${item ? `a ${WORDS[item.kind]}` : 'its end'}`,
    })
    return undefined
  }
  for (const layer of inTableOrder(table, layersOf(network, embeddingSize))) {
    const row = rowOf(table, layer.name, layer.block)?.row
    if (row?.identity) {
      sources.push({ layer, order: 'oihw', identity: true })
      continue
    }
    const has = (part: Parameters<Layer['variables']['has']>[0]) => layer.variables.has(part)
    const hasWeights = has('filter') || has('weights')
    // The convolution before is the other half of this one.
    const isTaken = row?.half === 'other' && grouped !== undefined
    const weights = isTaken ? grouped : hasWeights ? take('weights', layer) : undefined
    if (row?.half === 'own') grouped = weights
    if (hasWeights && weights === undefined) break
    const follows = items[next]?.kind === 'norm' && (weights === undefined || items[next]!.input === weights.output)
    const norm = has('mean') && (follows || !hasWeights) ? take('norm', layer) : undefined
    if (has('mean') && !hasWeights && norm === undefined) break
    const slope = has('slope') ? take('slope', layer) : undefined
    if (has('slope') && slope === undefined) break
    const [scale, offset, mean, variance] = norm?.names ?? []
    sources.push({
      layer,
      order: weights?.order ?? 'oihw',
      ...(weights === undefined ? {} : { weights: weights.weights }),
      ...(row?.paired && { paired: row.paired }),
      ...(row?.half && { half: row.half }),
      ...(weights?.bias === undefined || isTaken ? {} : { bias: weights.bias }),
      ...(norm === undefined
        ? {}
        : { norm: { epsilon: norm.epsilon, scale: scale!, offset: offset!, mean: mean!, variance: variance! } }),
      ...(slope === undefined ? {} : { slope: slope.slope }),
    })
  }
  const [left] = items.slice(next)
  if (left !== undefined && faults.length === 0)
    faults.push({ status: 'unexpected', note: `a ${WORDS[left.kind]} behind the last layer` })
  const used = new Set(items.slice(next).flatMap(namesOf))
  // Shapes, axes and other whole numbers are no weights.
  const isLeftOut = (name: string) => !used.has(name)
  const matches = [...faults, ...matchTensors(sources, file, isLeftOut)]
  return { table, network, embeddingSize, prefix: '', sources, matches }
}

const WORDS = {
  unknown: 'layer whose tensors are not in the file',
  weights: 'convolution or dense layer',
  norm: 'batch norm',
  slope: 'PReLU',
}

/** How many batch norms of a network have no statistics in the file: they were folded into their convolutions, or scales. */
export function foldedNorms({ sources }: Candidate): number {
  return sources.filter(
    ({ layer, norm, identity }) => !identity && layer.variables.has('mean') && norm?.mean === undefined,
  ).length
}

function inTableOrder(table: NameTable, layers: readonly Layer[]): Layer[] {
  const placed = layers.map((layer, i) => ({
    layer,
    i,
    unit: unitOf(layer.name),
    place: rowOf(table, layer.name, layer.block)!.place,
  }))
  const firsts = new Map<string, number>()
  for (const { unit, i } of placed) if (unit !== undefined && !firsts.has(unit)) firsts.set(unit, i)
  const at = ({ unit, i }: (typeof placed)[number]) => (unit === undefined ? i : firsts.get(unit)!)
  return placed.sort((a, b) => at(a) - at(b) || a.place - b.place).map(({ layer }) => layer)
}

function itemsOf({ graph = [], tensors }: WeightFile): Item[] {
  const stored = new StoredTensors(tensors)
  const items: Item[] = []
  for (const operation of graph) {
    const { operator, inputs, outputs } = operation
    stored.follow(operation)
    const item = itemOf(
      operation,
      inputs.map(input => stored.find(input)),
    )
    if (item !== undefined) items.push({ ...item, input: inputs[0] ?? '', output: outputs[0] ?? '' })
    // The bias of a product of matrices is added behind it.
    const last = items.at(-1)
    if (operator === 'Add' && last?.kind === 'weights' && last.bias === undefined && inputs.includes(last.output)) {
      const bias = inputs.map(input => stored.find(input)).find(found => found !== undefined)
      if (bias !== undefined) items[items.length - 1] = { ...last, bias: bias.name, output: outputs[0] ?? '' }
    }
  }
  return items
}

/** A tensor of the file as an operation takes it. */
interface Stored {
  readonly name: string
  readonly isTransposed: boolean
}

/** Exporters give tensors further names, other shapes of the same numbers, and weights transposed by the graph itself. */
class StoredTensors {
  readonly #tensors: WeightFile['tensors']
  readonly #made = new Map<string, Stored>()

  constructor(tensors: WeightFile['tensors']) {
    this.#tensors = tensors
  }

  find(name: string): Stored | undefined {
    return this.#made.get(name) ?? (this.#tensors.has(name) ? { name, isTransposed: false } : undefined)
  }

  follow({ operator, inputs, outputs }: GraphOperation): void {
    const from = inputs[0] === undefined ? undefined : this.find(inputs[0])
    if (from === undefined || outputs[0] === undefined) return
    if (['Identity', 'Unsqueeze', 'Squeeze', 'Reshape'].includes(operator)) this.#made.set(outputs[0], from)
    if (operator === 'Transpose' && this.#tensors.get(from.name)!.shape.length === 2)
      this.#made.set(outputs[0], { ...from, isTransposed: !from.isTransposed })
  }
}

type Bare<T> = T extends unknown ? Omit<T, 'input' | 'output'> : never

function itemOf(
  { operator, attributes }: GraphOperation,
  stored: readonly (Stored | undefined)[],
): Bare<Item> | undefined {
  const [, second, third] = stored
  const unknown = { kind: 'unknown', operator } as const
  const bias = third === undefined ? {} : { bias: third.name }
  if (operator === 'BatchNormalization') {
    const names = stored.slice(1, 5).flatMap(tensor => tensor?.name ?? [])
    const epsilon = attributes.get('epsilon') ?? 1e-5
    return names.length === 4 && typeof epsilon === 'number' ? { kind: 'norm', names, epsilon } : unknown
  }
  if (!['Conv', 'MatMul', 'Gemm', 'PRelu'].includes(operator)) return undefined
  if (second === undefined) return unknown
  const { name: weights, isTransposed } = second
  if (operator === 'Conv') return { kind: 'weights', weights, order: 'oihw', ...bias }
  if (operator === 'MatMul') return { kind: 'weights', weights, order: isTransposed ? 'oihw' : 'ihwo' }
  if (operator === 'PRelu') return { kind: 'slope', slope: weights }
  const isOutIn = (attributes.get('transB') === 1) !== isTransposed
  return { kind: 'weights', weights, order: isOutIn ? 'oihw' : 'ihwo', ...bias }
}

function namesOf(item: Item): string[] {
  if (item.kind === 'unknown') return []
  if (item.kind === 'norm') return [...item.names]
  if (item.kind === 'slope') return [item.slope]
  return item.bias === undefined ? [item.weights] : [item.weights, item.bias]
}

function embeddingSizeOf(file: WeightFile, items: readonly Item[], network: NetworkName): number {
  const last = items.findLast(item => item.kind === 'weights')
  const shape = last === undefined ? undefined : file.tensors.get(last.weights)?.shape
  const size = last?.order === 'ihwo' ? shape?.at(-1) : shape?.[0]
  return size !== undefined && size >= 1 && size <= MAX_EMBEDDING_SIZE ? size : NETWORKS[network].embeddingSize
}
