/** The graph as this target sees it: the same kernels over values that have a place in memory. */
import type { ConstantData, Graph, GraphNode, Value } from '../../graph/graph.js'
import { printGraph } from '../../graph/print-graph.js'

/**
 * How a value lies in memory. `plain` is tfjs's own order (NHWC, HWIO, or any rank row by row). `nchw` and `oihw` are the
 * orders of ONNX. `blocked` is [N, C/b, H, W, b] with b the size of a block, declared to onnxruntime as [N, C, H, W].
 */
export type Layout = 'plain' | 'nchw' | 'oihw' | 'blocked'

/** `shape` stays the logical one, whatever the layout; so do axes, paddings and shapes in a kernel's attributes. */
export interface PhysicalValue extends Value {
  readonly layout: Layout
}

/**
 * A kernel, or one of what only this target knows:
 *
 *     LayoutChange(x) {from, to}                    the same values, lying otherwise
 *     BatchNormGradUnscaled(dy, x, scale, mean, variance) -> dx / factor, dScale, dOffset, factor
 *     ChannelScale(x, factor)                       x times one number per channel
 *
 * Gradients of convolutions may have such a factor for dy as a third input.
 */
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

/** From tfjs's own order to the layout's: axis i of the layout is axis `order[i]` of the logical shape. */
const ORDERS: Readonly<Record<Exclude<Layout, 'plain'>, readonly number[]>> = {
  nchw: [0, 3, 1, 2],
  blocked: [0, 3, 1, 2],
  oihw: [3, 2, 0, 1],
}

/** The order of a layout's axes in terms of the logical ones. */
export function layoutOrder(layout: Layout, rank: number): readonly number[] {
  if (layout === 'plain') return Array.from({ length: rank }, (_, axis) => axis)
  if (rank !== 4) throw new Error(`internal: layout ${layout} of a tensor of rank ${rank}`)
  return ORDERS[layout]
}

/** The shape as ONNX declares it. */
export function physicalShape({ shape, layout }: PhysicalValue): number[] {
  return layoutOrder(layout, shape.length).map(axis => shape[axis]!)
}

const MOST_ROWS = 64

/**
 * The shape that a state of `size` elements has between steps: a vector; or, where blocks of channels are to be had, an image of one
 * block, over which one convolution updates it. Its rows are what threads share.
 */
export function vectorShape(size: number, block: number): number[] {
  if (block === 0 || size % block !== 0) return [size]
  let rows = 1
  while (rows < MOST_ROWS && (size / block) % (2 * rows) === 0) rows *= 2
  return [1, block, rows, size / block / rows]
}

/** Whether changing the layout moves no byte, because at most axes of extent 1 change places. */
export function isFreeLayoutChange(shape: readonly number[], from: Layout, to: Layout): boolean {
  if (from === to) return true
  if (from === 'blocked' || to === 'blocked') return shape[1] === 1 && shape[2] === 1
  const real = (layout: Layout) => layoutOrder(layout, shape.length).filter(axis => shape[axis] !== 1)
  return real(from).every((axis, index) => axis === real(to)[index])
}

/** Collects nodes over values that change their layout on the way: each value is put into each layout at most once. */
export class LayoutChanges {
  readonly nodes: PhysicalNode[] = []
  readonly #copies = new Map<PhysicalValue, Map<Layout, PhysicalValue>>()

  /** Whether the value exists in a layout. */
  has(value: PhysicalValue, layout: Layout): boolean {
    return value.layout === layout || this.#copies.get(value)?.has(layout) === true
  }

  /** The value in a layout; a LayoutChange is added where it is needed for the first time. */
  obtain(value: PhysicalValue, layout: Layout): PhysicalValue {
    if (value.layout === layout) return value
    const copies = this.#copies.get(value) ?? new Map<Layout, PhysicalValue>()
    this.#copies.set(value, copies)
    const known = copies.get(layout)
    if (known) return known
    const copy = { ...value, layout }
    copies.set(layout, copy)
    const attributes = { from: value.layout, to: layout }
    this.nodes.push({ op: 'LayoutChange', inputs: [value], outputs: [copy], attributes })
    return copy
  }
}

/** The graph as text; a layout other than tfjs's follows the shape (`@nchw`). */
export function printPhysicalGraph(graph: PhysicalGraph): string {
  return printGraph(graph, value => {
    const { layout } = value as PhysicalValue
    return layout === 'plain' ? '' : `@${layout}`
  })
}
