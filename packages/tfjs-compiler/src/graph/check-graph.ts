/** The checker: what holds for every graph, before and after each pass. A failure is a fault of the compiler itself. */

import { inferOutputs } from '../kernels/index.js'
import type { Graph, GraphNode, TensorType, Value } from './graph.js'
import { sizeOf } from './graph.js'

/** Throws an error that begins with `internal:` where the graph is not sound. */
export function checkGraph(graph: Graph): void {
  const known = new Set<Value>()
  const define = (value: Value, what: string) => {
    if (known.has(value)) fail(`${what} has a second producer`)
    known.add(value)
  }
  for (const [name, value] of graph.inputs) define(value, `input ${name}`)
  for (const [value, data] of graph.constants) {
    define(value, 'a constant')
    if (data.length !== sizeOf(value.shape)) fail(`a constant of shape [${value.shape}] has ${data.length} elements`)
  }
  for (const [index, node] of graph.nodes.entries()) {
    const what = `node ${index} (${node.op})`
    for (const input of node.inputs) if (!known.has(input)) fail(`${what} uses a value before it is produced`)
    for (const output of node.outputs) define(output, `an output of ${what}`)
    checkTypes(node, what)
  }
  for (const [name, value] of graph.outputs) if (!known.has(value)) fail(`output ${name} has no producer`)
}

function checkTypes(node: GraphNode, what: string): void {
  const expected = expectedTypes(node, what).map(describe).join(', ')
  const found = node.outputs.map(describe).join(', ')
  if (found !== expected) fail(`${what}: expected outputs ${expected}, found ${found}`)
}

function expectedTypes(node: GraphNode, what: string): TensorType[] {
  try {
    return inferOutputs(node.op, node.inputs, node.attributes, node.source)
  } catch (error) {
    fail(`${what}: ${(error as Error).message}`)
  }
}

const describe = ({ shape, dtype }: Pick<Value, 'shape' | 'dtype'>) => `${dtype}[${shape}]`

function fail(message: string): never {
  throw new Error(`internal: ${message}`)
}
