/**
 * Gives every value the layout it will lie in, and inserts a LayoutChange wherever a kernel needs another. Images lie in NCHW,
 * filters in OIHW; whether an image lies in blocks is decided afterwards (`blockChannels`).
 *
 * Backwards over the graph: what layout would the users of each value like? Then forwards: windowed kernels fix theirs,
 * most others follow their inputs. Parameters that are filters lie in the filter layout themselves, and so do the velocity
 * and the gradient that meet them in the update: there is no change of layout in the loop from state to state.
 */

import { type Graph, type GraphNode, sizeOf, type Value } from '../../../graph/graph.js'
import { axesOf } from '../../../kernels/kernel.js'
import { REDUCTION_AXES } from '../../../kernels/reduction.js'
import type { PhysicalGraph, PhysicalValue } from '../physical-graph.js'
import { isFreeLayoutChange, type Layout, LayoutChanges, layoutOrder } from '../physical-graph.js'
import { onnxRule } from '../rules/index.js'

const LAYOUT_OF = { image: 'nchw', filter: 'oihw' } as const

/** What is known of a graph's inputs and outputs; all but those named here lie in tfjs's own order. */
export interface Placement {
  /** Inputs that may lie as the kernels like them: states, constants, weights. */
  readonly settable?: ReadonlySet<string>
  /** The layouts of inputs that are given in another. */
  readonly given?: Readonly<Record<string, Layout>>
  /** Name of the input to the name of the output that takes its layout. */
  readonly state?: ReadonlyMap<string, string>
}

/** A graph of new values that computes the same. */
export function assignLayouts(graph: Graph, { settable, given = {}, state }: Placement = {}): PhysicalGraph {
  const liked = preferences(graph)
  const assigned = new Map<Value, PhysicalValue>()
  const undecided = new Set<Value>()
  const changes = new LayoutChanges()

  const place = (value: Value, layout: Layout) => {
    const placed = { ...value, layout }
    assigned.set(value, placed)
    return placed
  }
  const layoutOf = (value: Value) => (undecided.has(value) ? undefined : assigned.get(value)!.layout)

  /** A settable input that meets a filter (a velocity, say) takes its layout. */
  const obtain = (value: Value, layout: Layout): PhysicalValue => {
    if (undecided.delete(value) && layout === 'oihw') return place(value, layout)
    return changes.obtain(assigned.get(value)!, layout)
  }

  for (const [name, value] of graph.inputs) {
    const free = settable?.has(name) && value.shape.length === 4
    const filter = free && liked.get(value) === 'oihw'
    place(value, given[name] ?? (filter ? 'oihw' : 'plain'))
    if (free && !filter && !given[name]) undecided.add(value)
  }
  const constants = new Map([...graph.constants].map(([value, data]) => [place(value, 'plain'), data]))
  for (const node of graph.nodes) {
    const layouts = chooseLayouts(node, layoutOf, liked)
    const inputs = node.inputs.map((value, index) => obtain(value, layouts.inputs[index]!))
    const outputs = node.outputs.map((value, index) => place(value, layouts.outputs[index]!))
    changes.nodes.push({ ...node, inputs, outputs })
  }
  const inputOf = new Map([...(state ?? [])].map(([input, output]) => [output, graph.inputs.get(input)!]))
  const outputs = [...graph.outputs].map(([name, value]) => {
    const input = inputOf.get(name)
    return [name, obtain(value, input ? assigned.get(input)!.layout : 'plain')] as const
  })
  const inputs = new Map([...graph.inputs].map(([name, value]) => [name, assigned.get(value)!]))
  return { ...graph, inputs, constants, nodes: changes.nodes, outputs: new Map(outputs) }
}

/** The layout that a value's users, or theirs in turn, would like: the first in order of execution decides. */
function preferences(graph: Graph): ReadonlyMap<Value, Layout> {
  const liked = new Map<Value, Layout>()
  for (const node of graph.nodes.toReversed()) {
    const { layout } = onnxRule(node)
    const output = liked.get(node.outputs[0]!)
    for (const [index, input] of node.inputs.entries()) {
      if (input.shape.length !== 4) continue
      if (typeof layout === 'object') liked.set(input, LAYOUT_OF[layout.inputs[index]!])
      else if (output && layout === 'follows') liked.set(input, output)
    }
  }
  return liked
}

interface NodeLayouts {
  readonly inputs: readonly Layout[]
  readonly outputs: readonly Layout[]
}

/** `layoutOf` says nothing about an input of the graph whose layout no kernel has decided yet. */
function chooseLayouts(
  node: GraphNode,
  layoutOf: (value: Value) => Layout | undefined,
  liked: ReadonlyMap<Value, Layout>,
): NodeLayouts {
  const { inputs, outputs } = node
  const where = (value: Value, layout: Layout) => (value.shape.length === 4 ? layout : 'plain')
  const everywhere = (layout: Layout): NodeLayouts => ({
    inputs: inputs.map(value => where(value, layout)),
    outputs: outputs.map(value => where(value, layout)),
  })
  const { layout } = onnxRule(node)
  const from = inputs[0] && layoutOf(inputs[0])
  const wanted = liked.get(outputs[0]!) ?? 'plain'
  switch (layout) {
    case 'plain':
      return everywhere('plain')
    case 'follows':
      return everywhere(followed(node, layoutOf, liked))
    case 'fills':
      return everywhere(wanted === 'nchw' ? wanted : 'plain')
    case 'reduces':
      if (!from || !keepsOrder(node, from)) return everywhere('plain')
      return { inputs: [from], outputs: [node.attributes.keepDims ? where(outputs[0]!, from) : 'plain'] }
    case 'reshapes': {
      const free = from && isFreeLayoutChange(inputs[0]!.shape, from, 'plain')
      const reached = outputs[0]!.shape.length === 4 && isFreeLayoutChange(outputs[0]!.shape, 'plain', wanted)
      return { inputs: [free ? from : 'plain'], outputs: [reached ? wanted : 'plain'] }
    }
    default:
      return {
        inputs: inputs.map((value, index) => where(value, LAYOUT_OF[layout.inputs[index]!])),
        outputs: outputs.map(value => where(value, LAYOUT_OF[layout.output])),
      }
  }
}

/**
 * The layout most of the bytes lie in already; where that is tfjs's own, the one the users would like, unless that moves
 * more before the kernel than after it.
 */
function followed(
  { inputs, outputs }: GraphNode,
  layoutOf: (value: Value) => Layout | undefined,
  liked: ReadonlyMap<Value, Layout>,
): Layout {
  const images = inputs.filter(value => value.shape.length === 4)
  const bytes = new Map<Layout, number>()
  for (const value of images) {
    const layout = layoutOf(value)
    if (layout) bytes.set(layout, (bytes.get(layout) ?? 0) + sizeOf(value.shape))
  }
  const [[most] = ['plain' as const]] = [...bytes].sort(([, a], [, b]) => b - a)
  if (most !== 'plain') return most
  const wanted = liked.get(outputs[0]!)
  if (!wanted) return 'plain'
  const before = images
    .filter(value => !isFreeLayoutChange(value.shape, layoutOf(value) ?? 'plain', wanted))
    .reduce((sum, value) => sum + sizeOf(value.shape), 0)
  return before <= sizeOf(outputs[0]!.shape) ? wanted : 'plain'
}

function keepsOrder({ op, inputs, attributes }: GraphNode, layout: Layout): boolean {
  if (layout === 'plain' || attributes.keepDims) return true
  const gone = new Set(axesOf(attributes[REDUCTION_AXES[op]!], inputs[0]!.shape.length))
  const left = layoutOrder(layout, inputs[0]!.shape.length).filter(axis => !gone.has(axis))
  return left.every((axis, index) => index === 0 || axis > left[index - 1]!)
}
