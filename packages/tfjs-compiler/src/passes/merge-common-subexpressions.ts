import type { Graph, Value } from '../graph/graph.js'
import { rewrite } from './rewrite.js'

/** Computes once what several nodes compute: same kernel, inputs and attributes. Equal small constants become one too. */
export function mergeCommonSubexpressions(graph: Graph): Graph {
  const ids = new Map<Value, string>()
  const idOf = (value: Value) => {
    const id = ids.get(value) ?? String(ids.size)
    ids.set(value, id)
    return id
  }
  for (const [value, data] of graph.constants) {
    if (data.length === 1) ids.set(value, `${value.dtype}[${value.shape}] ${Object.is(data[0], -0) ? '-0' : data[0]}`)
  }
  const seen = new Map<string, readonly Value[]>()
  return rewrite(graph, ({ op, inputs, outputs, attributes }) => {
    const key = JSON.stringify([op, inputs.map(idOf), Object.entries(attributes).sort().map(attributeKey)])
    const values = seen.get(key)
    if (!values) seen.set(key, outputs)
    return values && { values }
  })
}

/** JSON alone writes -0 as 0, and NaN and the infinities as null. */
function attributeKey([name, value]: [string, unknown]): [string, unknown] {
  return [name, typeof value === 'number' ? (Object.is(value, -0) ? '-0' : String(value)) : value]
}
