/**
 * Gives every value the layout it will lie in, and inserts a LayoutChange wherever a kernel needs another.
 *
 * Backwards over the graph: what layout would the users of each value like? Then forwards: windowed kernels fix theirs,
 * most others follow their inputs. Parameters that are filters lie in the filter layout themselves, and so do the velocity
 * and the gradient that meet them in the update: there is no change of layout in the loop from state to state.
 */

import { type Graph, type GraphNode, sizeOf, type Value } from '../../graph/graph.js'
import { axesOf } from '../../kernels/kernel.js'
import { LAYOUT_FOLLOWERS, LAYOUT_REDUCTIONS, WINDOW_KERNELS } from './layout-roles.js'
import type { Layout, PhysicalGraph, PhysicalNode, PhysicalValue } from './physical-graph.js'

export interface LayoutTarget {
  /** Of what convolutions and pooling take and give. */
  readonly image: Layout
  readonly filter: Layout
}

/** Axis i of a layout is axis `order[i]` of the logical shape. */
const ORDERS: Readonly<Record<'nchw' | 'oihw', readonly number[]>> = { nchw: [0, 3, 1, 2], oihw: [3, 2, 0, 1] }

const PLAIN_ORDER = [0, 1, 2, 3]

const orderOf = (layout: Layout) => (layout === 'nchw' || layout === 'oihw' ? ORDERS[layout] : PLAIN_ORDER)

/** Whether changing the layout moves no byte, because at most the axes of extent 1 change places. */
export function isFreeLayoutChange(shape: readonly number[], from: Layout, to: Layout): boolean {
  if ([from, to].includes('blocked')) return from === to
  const real = (layout: Layout) => orderOf(layout).filter(axis => shape[axis] !== 1)
  return real(from).every((axis, index) => axis === real(to)[index])
}

/** A graph of new values that computes the same; the given graph keeps its layouts. */
export function assignLayouts(graph: Graph, target: LayoutTarget): PhysicalGraph {
  const liked = preferences(graph, target)
  const assigned = new Map<Value, PhysicalValue>()
  const changed = new Map<Value, Map<Layout, PhysicalValue>>()
  const undecided = new Set<Value>()
  const nodes: PhysicalNode[] = []

  const place = (value: Value, layout: Layout) => {
    const placed = { ...value, layout }
    assigned.set(value, placed)
    return placed
  }
  const layoutOf = (value: Value) => (undecided.has(value) ? undefined : assigned.get(value)!.layout)

  /** The value in a layout: an input that meets a filter (a velocity, say) takes its layout; others get a LayoutChange, once. */
  const obtain = (value: Value, layout: Layout): PhysicalValue => {
    const source = assigned.get(value)!
    if (undecided.delete(value) && layout === target.filter) source.layout = layout
    if (source.layout === layout) return source
    const copies = changed.get(value) ?? new Map<Layout, PhysicalValue>()
    changed.set(value, copies)
    const known = copies.get(layout)
    if (known) return known
    const copy = { ...source, layout }
    copies.set(layout, copy)
    nodes.push({
      op: 'LayoutChange',
      inputs: [source],
      outputs: [copy],
      attributes: { from: source.layout, to: layout },
    })
    return copy
  }

  for (const value of graph.inputs.values()) {
    const filter = liked.get(value) === target.filter
    place(value, filter ? target.filter : 'plain')
    if (value.shape.length === 4 && !filter) undecided.add(value)
  }
  const constants = new Map([...graph.constants].map(([value, data]) => [place(value, 'plain'), data]))
  for (const node of graph.nodes) {
    const { inputs, outputs } = chooseLayouts(node, target, layoutOf, liked)
    const moved = node.inputs.map((value, index) => obtain(value, inputs[index]!))
    nodes.push({ ...node, inputs: moved, outputs: node.outputs.map((value, index) => place(value, outputs[index]!)) })
  }
  const outputs = [...graph.outputs].map(([name, value]) => {
    const kept = layoutOf(value) === target.filter ? target.filter : 'plain'
    return [name, obtain(value, kept)] as const
  })
  const inputs = new Map([...graph.inputs].map(([name, value]) => [name, assigned.get(value)!]))
  return { inputs, constants, nodes, outputs: new Map(outputs) }
}

/** The layout that a value's users, or theirs in turn, would like: the first in order of execution decides. */
function preferences(graph: Graph, target: LayoutTarget): ReadonlyMap<Value, Layout> {
  const liked = new Map<Value, Layout>()
  for (const { op, inputs, outputs } of graph.nodes.toReversed()) {
    const roles = WINDOW_KERNELS[op]?.inputs
    const output = liked.get(outputs[0]!)
    for (const [index, input] of inputs.entries()) {
      if (input.shape.length !== 4) continue
      if (roles) liked.set(input, target[roles[index]!])
      else if (output && LAYOUT_FOLLOWERS.has(op)) liked.set(input, output)
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
  target: LayoutTarget,
  layoutOf: (value: Value) => Layout | undefined,
  liked: ReadonlyMap<Value, Layout>,
): NodeLayouts {
  const { op, inputs, outputs } = node
  const everywhere = (layout: Layout): NodeLayouts => {
    const of = (value: Value) => (value.shape.length === 4 ? layout : 'plain')
    return { inputs: inputs.map(of), outputs: outputs.map(of) }
  }
  const window = WINDOW_KERNELS[op]
  if (window) return { inputs: window.inputs.map(role => target[role]), outputs: [target[window.output]] }
  if (LAYOUT_FOLLOWERS.has(op)) return everywhere(followed(node, layoutOf, liked))

  const from = inputs[0] && layoutOf(inputs[0])
  const wanted = liked.get(outputs[0]!) ?? 'plain'
  if (LAYOUT_REDUCTIONS[op] && from && keepsOrder(node, from)) {
    return { inputs: [from], outputs: [node.attributes.keepDims ? from : 'plain'] }
  }
  if (op === 'Fill' && wanted === target.image) return { inputs: [], outputs: [wanted] }
  if (op === 'Reshape') {
    const free = from && inputs[0]!.shape.length === 4 && isFreeLayoutChange(inputs[0]!.shape, from, 'plain')
    const reached = outputs[0]!.shape.length === 4 && isFreeLayoutChange(outputs[0]!.shape, 'plain', wanted)
    return { inputs: [free ? from : 'plain'], outputs: [reached ? wanted : 'plain'] }
  }
  return everywhere('plain')
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
  const gone = new Set(axesOf(attributes[LAYOUT_REDUCTIONS[op]!], inputs[0]!.shape.length))
  const left = orderOf(layout).filter(axis => !gone.has(axis))
  return left.every((axis, index) => index === 0 || axis > left[index - 1]!)
}
