import type { Graph, GraphNode, Value } from '../graph/graph.js'
import { rewrite, uniformValues } from './rewrite.js'

/** Removes nodes that return their input, and joins reshapes of reshapes. Exact to the bit: `x + 0` stays, for -0. */
export function removeIdentities(graph: Graph): Graph {
  const uniform = uniformValues(graph)
  const reshapedFrom = new Map<Value, Value>()
  return rewrite(graph, node => {
    const same = unchangedInput(node, uniform)
    if (same) return { values: [same] }
    if (node.op !== 'Reshape') return undefined
    const source = reshapedFrom.get(node.inputs[0]!) ?? node.inputs[0]!
    reshapedFrom.set(node.outputs[0]!, source)
    if (sameType(source, node.outputs[0]!)) return { values: [source] }
    return source === node.inputs[0] ? undefined : { nodes: [{ ...node, inputs: [source] }] }
  })
}

function unchangedInput(
  { op, inputs, outputs, attributes }: GraphNode,
  uniform: ReadonlyMap<Value, number>,
): Value | undefined {
  const [a, b] = inputs
  const [output] = outputs
  switch (op) {
    case 'Reshape':
    case 'Cast':
    case 'Tile':
    case 'PadV2':
    case 'Slice':
      return sameType(a!, output!) ? a : undefined
    case 'Transpose':
      return (attributes.perm as number[]).every((axis, index) => axis === index) ? a : undefined
    case 'Multiply':
      if (uniform.get(a!) === 1 && sameType(b!, output!)) return b
      return uniform.get(b!) === 1 && sameType(a!, output!) ? a : undefined
    case 'RealDiv':
      return uniform.get(b!) === 1 && sameType(a!, output!) ? a : undefined
    case 'Concat':
    case 'AddN':
      return inputs.length === 1 ? a : undefined
    default:
      return undefined
  }
}

function sameType(a: Value, b: Value): boolean {
  return (
    a.dtype === b.dtype &&
    a.shape.length === b.shape.length &&
    a.shape.every((extent, axis) => extent === b.shape[axis])
  )
}
