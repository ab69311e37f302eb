/** The graph as this target sees it: the same kernels over values that have a place in memory. */
import type { ConstantData, Graph, GraphNode, Value } from '../../graph/graph.js'

/**
 * How a value lies in memory. `plain` is tfjs's own order (NHWC, HWIO, or any rank row by row). `nchw` and `oihw` are the
 * orders of ONNX; `blocked` is [N, C/b, H, W, b] with b the machine's block.
 */
export type Layout = 'plain' | 'nchw' | 'oihw' | 'blocked'

/** `shape` stays the logical one, whatever the layout; so do axes, paddings and shapes in a kernel's attributes. */
export interface PhysicalValue extends Value {
  layout: Layout
}

/** A kernel, or a `LayoutChange` {from, to}. */
export interface PhysicalNode extends GraphNode {
  readonly inputs: readonly PhysicalValue[]
  readonly outputs: readonly PhysicalValue[]
}

export interface PhysicalGraph extends Graph {
  readonly inputs: ReadonlyMap<string, PhysicalValue>
  readonly constants: ReadonlyMap<PhysicalValue, ConstantData>
  readonly nodes: readonly PhysicalNode[]
  readonly outputs: ReadonlyMap<string, PhysicalValue>
}

/** A graph whose values all lie in tfjs's own order. */
export function plainLayouts(graph: Graph): PhysicalGraph {
  const placed = new Map<Value, PhysicalValue>()
  const place = (value: Value): PhysicalValue => {
    const known = placed.get(value) ?? { ...value, layout: 'plain' }
    placed.set(value, known)
    return known
  }
  const named = (values: ReadonlyMap<string, Value>) =>
    new Map([...values].map(([name, value]) => [name, place(value)]))
  return {
    inputs: named(graph.inputs),
    constants: new Map([...graph.constants].map(([value, data]) => [place(value), data])),
    nodes: graph.nodes.map(node => ({ ...node, inputs: node.inputs.map(place), outputs: node.outputs.map(place) })),
    outputs: named(graph.outputs),
  }
}
