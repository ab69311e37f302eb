import { bytesField, type PlacedField, placedFields } from '@tiny-face/protobuf-wire'
import { textOf, withModelBytes } from './model-bytes.js'
import type { ModelGraph, ModelNode } from './read-model-graph.js'

const GRAPH = 7
const [NODE, INPUT, OUTPUT, INNER_VALUE] = [1, 11, 12, 13]
const [NAME, TYPE] = [1, 2]
/** TypeProto {1 tensor_type {1 elem_type, 2 shape {1 dim}}} */
const [TENSOR_TYPE, SHAPE, DIM] = [1, 2, 1]
/** Of an image's axes, batch and channels stay. */
const FIRST_FREE_AXIS = 2

export interface Rewriting {
  /** Outputs that the model does not give any more. */
  without?: ReadonlySet<string>
  /** The nodes, as encoded fields of the graph, that stand in the place of a node; the node stays where left out. */
  instead?: ReadonlyMap<ModelNode, readonly Uint8Array[]>
  /** Encoded fields that are added to the graph: tensors that new nodes need. */
  added?: readonly Uint8Array[]
  /** Whether inputs may be of any height and width, whatever the model says: see SessionOptions. */
  freeSizes?: boolean
}

/** A model whose graph is changed, all else byte for byte as it is. */
export function rewriteGraph(
  whole: Uint8Array,
  { nodes, constants }: ModelGraph,
  { without = new Set(), instead = new Map(), added = [], freeSizes = false }: Rewriting,
): Uint8Array {
  return withModelBytes(whole, bytes => {
    const piece = ({ offset, end }: PlacedField) => whole.subarray(offset, end)
    const nameOf = (field: PlacedField) => {
      const name = [...placedFields(bytes, field.start, field.end)].find(({ number }) => number === NAME)
      return name === undefined ? '' : textOf(bytes, name)
    }
    const isDropped = (field: PlacedField) =>
      field.wireType === 2 &&
      ((field.number === OUTPUT && without.has(nameOf(field))) || (field.number === INNER_VALUE && freeSizes))
    // An old model lists its weights among its inputs: these are as large as they are.
    const isFreed = (field: PlacedField) =>
      freeSizes &&
      field.wireType === 2 &&
      (field.number === OUTPUT || (field.number === INPUT && !constants.has(nameOf(field))))
    /** A field whose parts of these numbers, one within the other, lose their axes' sizes from `firstAxis` on. */
    const freed = (field: PlacedField, [number, ...inner]: readonly number[], firstAxis: number): Uint8Array => {
      let axis = 0
      const parts = [...placedFields(bytes, field.start, field.end)].map(part => {
        if (part.number !== number || part.wireType !== 2) return piece(part)
        if (inner.length > 0) return freed(part, inner, firstAxis)
        return axis++ < firstAxis ? piece(part) : bytesField(number, new Uint8Array(0))
      })
      return bytesField(field.number, Buffer.concat(parts))
    }
    const graphOf = (graph: PlacedField) => {
      let place = 0
      const pieces: Uint8Array[] = []
      for (const field of placedFields(bytes, graph.start, graph.end)) {
        const node = field.number === NODE && field.wireType === 2 ? nodes[place++] : undefined
        const replaced = node && instead.get(node)
        if (replaced) pieces.push(...replaced)
        else if (isFreed(field))
          pieces.push(freed(field, [TYPE, TENSOR_TYPE, SHAPE, DIM], field.number === INPUT ? FIRST_FREE_AXIS : 0))
        else if (!isDropped(field)) pieces.push(piece(field))
      }
      return bytesField(GRAPH, Buffer.concat([...pieces, ...added]))
    }
    const fields = [...placedFields(bytes, 0, bytes.size)]
    return Buffer.concat(fields.map(field => (field.number === GRAPH ? graphOf(field) : piece(field))))
  })
}
