/** Kernels that move, join, repeat or make elements without computing. */
import { listOf, numberOf } from '../../../attributes.js'
import type { movementKernels } from '../../../kernels/movement.js'
import { ELEMENT_TYPES, type OnnxAttribute } from '../model-file.js'
import { layoutOrder, type PhysicalNode, type PhysicalValue, physicalShape } from '../physical-graph.js'
import { cannot, type OnnxRules, type Write } from '../rule.js'
import type { Writer } from '../writer.js'
import { filled } from './elementwise.js'

const reshape: Write = (node, b) => {
  const output = node.outputs[0]!
  b.set(output, b.reshape(b.get(node.inputs[0]!), physicalShape(output)))
}

/** In the layout that the input lies in: `write` is given the name and each axis's place there. */
const inLayout =
  (write: (b: Writer, name: string, order: readonly number[], node: PhysicalNode) => string): Write =>
  (node, b) => {
    const input = node.inputs[0]!
    b.set(node.outputs[0]!, write(b, b.get(input), layoutOrder(input.layout, input.shape.length), node))
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

const concat: Write = (node, b) => {
  const output = node.outputs[0]!
  const rank = output.shape.length
  const axis = layoutOrder(output.layout, rank).indexOf((numberOf(node, 'axis') + rank) % rank)
  const parts = node.inputs.map(input => b.get(input))
  b.set(output, b.op('Concat', parts, { axis }))
}

const transpose: Write = (node, b) => {
  const input = node.inputs[0]!
  b.set(node.outputs[0]!, b.transpose(b.get(input), input.shape, listOf(node, 'perm')))
}

const gather: Write = (node, b) => {
  if (numberOf(node, 'batchDims', 0) !== 0) throw cannot(node, 'batchDims other than 0')
  const [input, indices] = node.inputs as [PhysicalValue, PhysicalValue]
  b.set(node.outputs[0]!, b.op('Gather', [b.get(input), b.get(indices)], { axis: numberOf(node, 'axis', 0) }))
}

/** Rows added up by the segment they name: the gradient of a gather. */
const segmentSum: Write = (node, b) => {
  const [input, ids] = node.inputs as [PhysicalValue, PhysicalValue]
  const output = node.outputs[0]!
  const zeros = b.op('Expand', [b.scalar(output.dtype, 0), b.int64(b.fixed(output.shape))])
  const places = b.op('Cast', [b.reshape(b.get(ids), [ids.shape[0]!, 1])], { to: ELEMENT_TYPES.int64 })
  b.set(output, b.op('ScatterND', [zeros, places, b.get(input)], { reduction: 'add' }))
}

/** On where the class is the index; an index out of range leaves its row off, as in tfjs. */
const oneHot: Write = (node, b) => {
  const [indices, output] = [node.inputs[0]!, node.outputs[0]!]
  const classes = Int32Array.from({ length: numberOf(node, 'depth') }, (_, index) => index)
  const column = b.reshape(b.get(indices), [...indices.shape, 1])
  const here = b.op('Equal', [column, b.initializer('int32', classes, [classes.length])])
  const [on, off] = [numberOf(node, 'onValue', 1), numberOf(node, 'offValue', 0)]
  if (on === 1 && off === 0) return b.set(output, b.cast(here, output.dtype))
  b.set(output, b.op('Where', [here, b.scalar(output.dtype, on), b.scalar(output.dtype, off)]))
}

const fill: Write = (node, b) => filled(b, node.outputs[0]!, numberOf(node, 'value'))

const pack: Write = (node, b) => {
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
  (extents: (node: PhysicalNode, axis: number) => number[]): Write =>
  (node, b) => {
    const input = node.inputs[0]!
    const axis = (numberOf(node, 'axis', 0) + input.shape.length) % input.shape.length
    const attributes: Record<string, OnnxAttribute> = { axis }
    const sizes = extents(node, axis)
    const names = b.operator('', 'Split', [b.get(input), b.int64(sizes)], attributes, sizes.length)
    for (const [index, output] of node.outputs.entries()) b.set(output, b.reshape(names[index]!, output.shape))
  }

/** Without the border's own elements, that is; with them onnxruntime has no such padding. */
const mirrorPad = inLayout((b, x, order, node) => {
  if (node.attributes.mode !== 'reflect') throw cannot(node, `mode ${String(node.attributes.mode)}`)
  const paddings = (node.attributes.paddings as unknown as (number | number[])[]).flat()
  const sides = [0, 1].flatMap(side => order.map(axis => paddings[2 * axis + side]!))
  return b.op('Pad', [x, b.int64(sides)], { mode: 'reflect' })
})

export const movementRules: OnnxRules<typeof movementKernels> = {
  Concat: { layout: 'follows', write: concat },
  ExpandDims: { layout: 'reshapes', write: reshape },
  Fill: { layout: 'fills', write: fill },
  GatherV2: { layout: 'plain', write: gather },
  MirrorPad: { layout: 'follows', write: mirrorPad },
  OneHot: { layout: 'plain', write: oneHot },
  Pack: { layout: 'plain', write: pack },
  PadV2: { layout: 'follows', write: pad },
  Reshape: { layout: 'reshapes', write: reshape },
  Reverse: { layout: 'follows', write: reverse },
  Slice: { layout: 'follows', write: slice },
  SplitV: { layout: 'plain', write: split((node, axis) => node.outputs.map(output => output.shape[axis]!)) },
  Tile: { layout: 'follows', write: tile },
  Transpose: { layout: 'plain', write: transpose },
  Unpack: { layout: 'plain', write: split(node => node.outputs.map(() => 1)) },
  UnsortedSegmentSum: { layout: 'plain', write: segmentSum },
}
