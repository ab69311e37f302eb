import type { OnnxGraph } from '../onnx-graph.js'
import { renamed } from '../onnx-graph.js'

const SMALL_BYTES = 256

/** Computes once what several nodes compute, and keeps a small constant once: all operators that are used are pure. */
export function mergeCommonNodes(graph: OnnxGraph): OnnxGraph {
  const names = new Map<string, string>()
  const seen = new Map<string, readonly string[]>()
  /** Whether the same was seen before; its names then stand for these. */
  const isKnown = (key: string, outputs: readonly string[]): boolean => {
    const known = seen.get(key)
    if (!known) seen.set(key, outputs)
    for (const [index, name] of outputs.entries()) if (known) names.set(name, known[index]!)
    return known !== undefined
  }
  const initializers = graph.initializers.filter(({ name, type, shape, data }) => {
    if (data.byteLength > SMALL_BYTES) return true
    const bytes = Buffer.from(data.buffer, data.byteOffset, data.byteLength).toString('hex')
    return !isKnown(`${type}[${shape}]${bytes}`, [name])
  })
  const nodes = graph.nodes.filter(({ domain, op, inputs, outputs, attributes }) => {
    const current = inputs.map(name => names.get(name) ?? name)
    return !isKnown(JSON.stringify([domain, op, current, attributes, outputs.length]), outputs)
  })
  return renamed({ ...graph, initializers, nodes }, names)
}
