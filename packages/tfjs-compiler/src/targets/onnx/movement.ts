/** Kernels that move, join, repeat or make elements without computing. */

import { listOf, numberOf } from '../../attributes.js'
import type { DType } from '../../graph/graph.js'
import { type Builder, layoutOrder, type Rule, type Rules, valuesOf } from './builder.js'
import { cast, elementwise, filled } from './elementwise.js'
import { ELEMENT_TYPES, type OnnxAttribute } from './model.js'
import type { PhysicalNode, PhysicalValue } from './physical-graph.js'

const reshape: Rule = (node, b) => b.set(node.outputs[0]!, b.reshape(b.get(node.inputs[0]!), node.outputs[0]!.shape))

const layoutChange: Rule = (node, b) => {
  const [input, output] = [node.inputs[0]!, node.outputs[0]!]
  const to = node.attributes.to as PhysicalValue['layout']
  b.set(output, b.get(input, to), to)
}

/** In the layout that the input lies in: `write` is given the name and each axis's place there. */
const inLayout =
  (write: (b: Builder, name: string, order: readonly number[], node: PhysicalNode) => string): Rule =>
  (node, b) => {
    const layout = b.unblockedLayoutOf(node.inputs[0]!)
    const order = layoutOrder(layout, node.inputs[0]!.shape.length)
    b.set(node.outputs[0]!, write(b, b.get(node.inputs[0]!, layout), order, node), layout)
  }

const slice = inLayout((b, x, order, node) => {
  const begin = listOf(node, 'begin')
  const size = node.outputs[0]!.shape
  const whole = node.inputs[0]!.shape
  const cut = order
    .map((axis, place) => ({ axis, place }))
    .filter(({ axis }) => begin[axis] !== 0 || size[axis] !== whole[axis])
  if (cut.length === 0) return x
  const starts = cut.map(({ axis }) => begin[axis]!)
  const ends = cut.map(({ axis }) => begin[axis]! + size[axis]!)
  return b.op('Slice', [x, b.int64(starts), b.int64(ends), b.int64(cut.map(({ place }) => place))])
})

const pad = inLayout((b, x, order, node) => {
  const paddings = (node.attributes.paddings as unknown as (number | number[])[]).flat()
  const sides = [0, 1].flatMap(side => order.map(axis => paddings[2 * axis + side]!))
  return b.op('Pad', [x, b.int64(sides), b.scalar(node.outputs[0]!.dtype, numberOf(node, 'constantValue', 0))])
})

const tile = inLayout((b, x, order, node) => {
  const reps = listOf(node, 'reps')
  return b.op('Tile', [x, b.int64(order.map(axis => reps[axis]!))])
})

const reverse = inLayout((b, x, order, node) => {
  const places = listOf(node, 'dims').map(axis => order.indexOf(axis < 0 ? axis + order.length : axis))
  const every = (value: number) => b.int64(places.map(() => value))
  return b.op('Slice', [x, every(-1), every(-(2 ** 31)), b.int64(places), every(-1)])
})

const concat: Rule = (node, b) => {
  const output = node.outputs[0]!
  const layout = b.unblockedLayoutOf(node.inputs[0]!)
  const axis = numberOf(node, 'axis')
  const place = layoutOrder(layout, output.shape.length).indexOf(axis < 0 ? axis + output.shape.length : axis)
  b.set(
    output,
    b.op(
      'Concat',
      node.inputs.map(input => b.get(input, layout)),
      { axis: place },
    ),
    layout,
  )
}

const transpose: Rule = (node, b) => {
  const input = node.inputs[0]!
  b.set(node.outputs[0]!, b.transpose(b.get(input), input.shape, listOf(node, 'perm')))
}

const gather: Rule = (node, b) => {
  if (numberOf(node, 'batchDims', 0) !== 0) throw new Error('GatherV2: batchDims other than 0 has no lowering')
  const [input, indices] = node.inputs as [PhysicalValue, PhysicalValue]
  b.set(node.outputs[0]!, b.op('Gather', [b.get(input), b.get(indices)], { axis: numberOf(node, 'axis', 0) }))
}

/** Rows added up by the segment they name: the gradient of a gather. */
const segmentSum: Rule = (node, b) => {
  const [input, ids] = node.inputs as [PhysicalValue, PhysicalValue]
  const output = node.outputs[0]!
  const zeros = b.op('Expand', [b.scalar(output.dtype, 0), b.int64(b.fixed(output.shape))])
  const places = b.op('Cast', [b.reshape(b.get(ids), [ids.shape[0]!, 1])], { to: ELEMENT_TYPES.int64 })
  b.set(output, b.op('ScatterND', [zeros, places, b.get(input)], { reduction: 'add' }))
}

/** On where the class is the index; an index out of range leaves its row off, as in tfjs. */
const oneHot: Rule = (node, b) => {
  const [indices, output] = [node.inputs[0]!, node.outputs[0]!]
  const classes = Int32Array.from({ length: numberOf(node, 'depth') }, (_, index) => index)
  const column = b.reshape(b.get(indices), [...indices.shape, 1])
  const here = b.op('Equal', [column, b.initializer('int32', classes, [classes.length])])
  const [on, off] = [numberOf(node, 'onValue', 1), numberOf(node, 'offValue', 0)]
  if (on === 1 && off === 0) return b.set(output, cast(b, here, output.dtype))
  b.set(output, b.op('Where', [here, b.scalar(output.dtype, on), b.scalar(output.dtype, off)]))
}

const fill: Rule = (node, b) => filled(b, node.outputs[0]!, numberOf(node, 'value'), node.outputs[0]!.layout)

const broadcastTo: Rule = (node, b) => {
  const output = node.outputs[0]!
  b.set(output, b.op('Expand', [b.get(node.inputs[0]!), b.int64(b.fixed(output.shape))]))
}

const range: Rule = (node, b) => {
  const output = node.outputs[0]!
  const [start, step] = [numberOf(node, 'start'), numberOf(node, 'step', 1)]
  const values = valuesOf(
    output.dtype as DType,
    Array.from({ length: output.shape[0]! }, (_, index) => start + index * step),
  )
  b.set(output, b.initializer(output.dtype, values, output.shape))
}

const pack: Rule = (node, b) => {
  const output = node.outputs[0]!
  const axis = numberOf(node, 'axis', 0)
  const thin = output.shape.map((extent, index) => (index === axis ? 1 : extent))
  b.set(
    output,
    b.op(
      'Concat',
      node.inputs.map(input => b.reshape(b.get(input), thin)),
      { axis },
    ),
  )
}

/** Several outputs along one axis: Unpack's without it, SplitV's with their own extents. */
const split =
  (extents: (node: PhysicalNode, axis: number) => number[]): Rule =>
  (node, b) => {
    const input = node.inputs[0]!
    const axis = (numberOf(node, 'axis', 0) + input.shape.length) % input.shape.length
    const attributes: Record<string, OnnxAttribute> = { axis }
    const sizes = extents(node, axis)
    const names = b.operator('', 'Split', [b.get(input), b.int64(sizes)], attributes, sizes.length)
    for (const [index, output] of node.outputs.entries()) b.set(output, b.reshape(names[index]!, output.shape))
  }

export const movementRules: Rules = {
  BroadcastTo: broadcastTo,
  Concat: concat,
  ExpandDims: reshape,
  Fill: fill,
  GatherV2: gather,
  LayoutChange: layoutChange,
  OneHot: oneHot,
  Pack: pack,
  PadV2: pad,
  Range: range,
  Reshape: reshape,
  Reverse: reverse,
  Slice: slice,
  SplitV: split((node, axis) => node.outputs.map(output => output.shape[axis]!)),
  StopGradient: elementwise((_, [x]) => x!),
  Tile: tile,
  Transpose: transpose,
  Unpack: split(node => node.outputs.map(() => 1)),
  UnsortedSegmentSum: segmentSum,
}
