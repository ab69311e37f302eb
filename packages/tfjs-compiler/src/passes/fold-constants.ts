import type { DType, Graph, GraphNode, Value } from '../graph/graph.js'
import { rewrite, uniformValues } from './rewrite.js'

const UNARY: Readonly<Record<string, (x: number) => number>> = {
  Neg: x => -x,
  Abs: Math.abs,
  Square: x => x * x,
  Sqrt: Math.sqrt,
  Reciprocal: x => 1 / x,
  Exp: Math.exp,
  Log: Math.log,
  Cos: Math.cos,
  Sin: Math.sin,
}

const BINARY: Readonly<Record<string, (a: number, b: number) => number>> = {
  Add: (a, b) => a + b,
  Sub: (a, b) => a - b,
  Multiply: (a, b) => a * b,
  RealDiv: (a, b) => a / b,
}

const KEEPS_ELEMENTS = ['Reshape', 'Tile', 'Transpose', 'Slice', 'ExpandDims']

/** Turns what is the same number in every element into a Fill node, whatever its size; nothing dense is computed. */
export function foldConstants(graph: Graph): Graph {
  const uniform = uniformValues(graph)
  return rewrite(graph, node => {
    const [output] = node.outputs
    const value = node.op === 'Fill' ? undefined : evaluate(node, uniform)
    if (value === undefined) return undefined
    const rounded = round(value, output!.dtype)
    uniform.set(output!, rounded)
    return { nodes: [fill(output!, rounded, node.source)] }
  })
}

function evaluate({ op, inputs, outputs }: GraphNode, uniform: ReadonlyMap<Value, number>): number | undefined {
  if (op === 'ZerosLike') return 0
  if (op === 'OnesLike') return 1
  const [a, b] = inputs.map(input => uniform.get(input))
  if (a === undefined) return undefined
  if (op === 'Cast')
    return outputs[0]!.dtype === 'bool' ? Number(a !== 0) : outputs[0]!.dtype === 'int32' ? Math.trunc(a) : a
  if (KEEPS_ELEMENTS.includes(op)) return a
  if (outputs[0]!.dtype !== 'float32') return undefined
  if (UNARY[op]) return UNARY[op](a)
  return b === undefined ? undefined : BINARY[op]?.(a, b)
}

const round = (value: number, dtype: DType) => (dtype === 'float32' ? Math.fround(value) : value)

function fill(output: Value, value: number, source?: string): GraphNode {
  return {
    op: 'Fill',
    inputs: [],
    outputs: [output],
    attributes: { shape: [...output.shape], value, dtype: output.dtype },
    source,
  }
}
