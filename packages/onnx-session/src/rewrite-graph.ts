import { bytesField, type PlacedField, placedFields } from '@tiny-face/protobuf-wire'
import { textOf, withModelBytes } from './model-bytes.js'
import type { ModelGraph, ModelNode } from './read-model-graph.js'

const GRAPH = 7
const [NODE, OUTPUT] = [1, 12]
const NAME = 1

export interface Rewriting {
  /** Outputs that the model does not give any more. */
  without?: ReadonlySet<string>
  /** The nodes, as encoded fields of the graph, that stand in the place of a node; the node stays where left out. */
  instead?: ReadonlyMap<ModelNode, readonly Uint8Array[]>
  /** Encoded fields that are added to the graph: tensors that new nodes need. */
  added?: readonly Uint8Array[]
}

/** A model whose graph is changed, all else byte for byte as it is. */
export function rewriteGraph(
  whole: Uint8Array,
  { nodes }: ModelGraph,
  { without = new Set(), instead = new Map(), added = [] }: Rewriting,
): Uint8Array {
  return withModelBytes(whole, bytes => {
    const piece = ({ offset, end }: PlacedField) => whole.subarray(offset, end)
    const isDropped = (field: PlacedField) => {
      if (field.number !== OUTPUT || field.wireType !== 2) return false
      const name = [...placedFields(bytes, field.start, field.end)].find(({ number }) => number === NAME)
      return name !== undefined && without.has(textOf(bytes, name))
    }
    const graphOf = (graph: PlacedField) => {
      let place = 0
      const pieces: Uint8Array[] = []
      for (const field of placedFields(bytes, graph.start, graph.end)) {
        const node = field.number === NODE && field.wireType === 2 ? nodes[place++] : undefined
        const replaced = node && instead.get(node)
        if (replaced) pieces.push(...replaced)
        else if (!isDropped(field)) pieces.push(piece(field))
      }
      return bytesField(GRAPH, Buffer.concat([...pieces, ...added]))
    }
    const fields = [...placedFields(bytes, 0, bytes.size)]
    return Buffer.concat(fields.map(field => (field.number === GRAPH ? graphOf(field) : piece(field))))
  })
}
