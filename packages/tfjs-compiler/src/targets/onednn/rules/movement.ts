/** Kernels that move, join, repeat or make elements without computing: views of the same memory, or loops. */
import { listOf, numberOf } from '../../../attributes.js'
import { UnsupportedKernel } from '../../../executable.js'
import { type GraphNode, sizeOf, type Value } from '../../../graph/graph.js'
import type { movementKernels } from '../../../kernels/movement.js'
import type { FamilyRules } from '../../../rule-table.js'
import { type Builder, NUMBER_TYPES, rowStrides } from '../builder.js'
import { compileLoop, denseWalk, type Walk } from '../javascript-loops.js'
import type { Rule } from './rule.js'

/** Another shape over the same memory, which must lie in tfjs's order. */
const reshape: Rule = (node, b) => {
  const [x] = node.inputs as [Value]
  const [y] = node.outputs as [Value]
  const type = x.dtype === 'float32' ? b.typeOf(y) : NUMBER_TYPES[x.dtype]
  const { storage } = b.flat(x, type)
  b.set(y, { role: 'flat', descriptor: b.plainDescriptor(y.shape, 'flat', type), storage })
}

/** y[n] = x[walk(n)], n over the elements of y. */
function copy(b: Builder, node: GraphNode, walk: Walk): void {
  const [x] = node.inputs as [Value]
  const [y] = node.outputs as [Value]
  b.loop(node.op, [b.flat(x)], [b.flatOutput(y)], compileLoop(y.shape, [walk, denseWalk(y.shape)], 'x1[i1] = x0[i0];'))
}

const transpose: Rule = (node, b) => {
  const strides = rowStrides(node.inputs[0]!.shape)
  copy(b, node, { offset: 0, strides: listOf(node, 'perm').map(axis => strides[axis]!) })
}

const slice: Rule = (node, b) => {
  const strides = rowStrides(node.inputs[0]!.shape)
  const offset = listOf(node, 'begin').reduce((sum, start, axis) => sum + start * strides[axis]!, 0)
  copy(b, node, { offset, strides })
}

const reverse: Rule = (node, b) => {
  const { shape } = node.inputs[0]!
  const dims = listOf(node, 'dims').map(axis => (axis < 0 ? axis + shape.length : axis))
  const strides = rowStrides(shape)
  const offset = dims.reduce((sum, axis) => sum + (shape[axis]! - 1) * strides[axis]!, 0)
  copy(b, node, { offset, strides: strides.map((stride, axis) => (dims.includes(axis) ? -stride : stride)) })
}

/** Each axis of the result is walked as repetitions of the axis. */
const tile: Rule = (node, b) => {
  const [x] = node.inputs as [Value]
  const [y] = node.outputs as [Value]
  const reps = listOf(node, 'reps')
  const strides = rowStrides(x.shape)
  const shape = x.shape.flatMap((extent, axis) => [reps[axis]!, extent])
  const walk = { offset: 0, strides: strides.flatMap(stride => [0, stride]) }
  b.loop('tile', [b.flat(x)], [b.flatOutput(y)], compileLoop(shape, [walk, denseWalk(shape)], 'x1[i1] = x0[i0];'))
}

/** x written into a part of y. */
function place(b: Builder, x: Value, y: Value, form: ReturnType<Builder['flat']>, begin: readonly number[]): void {
  const strides = rowStrides(y.shape)
  const offset = begin.reduce((sum, start, axis) => sum + start * strides[axis]!, 0)
  b.loop(
    'place',
    [b.flat(x)],
    [form],
    compileLoop(x.shape, [denseWalk(x.shape), { offset, strides }], 'x1[i1] = x0[i0];'),
  )
}

const pad: Rule = (node, b) => {
  const [x] = node.inputs as [Value]
  const [y] = node.outputs as [Value]
  const form = b.flatOutput(y)
  const paddings = (node.attributes.paddings as unknown as (number | number[])[]).flat()
  const value = numberOf(node, 'constantValue', 0)
  b.loop(
    'fill',
    [],
    [form],
    ([values]) =>
      () =>
        void values!.fill(value),
  )
  const begin = x.shape.map((_, axis) => paddings[2 * axis]!)
  place(b, x, y, form, begin)
}

/** Each place along a padded axis looks up where it is mirrored from. */
const mirrorPad: Rule = (node, b) => {
  const [x] = node.inputs as [Value]
  const [y] = node.outputs as [Value]
  const paddings = (node.attributes.paddings as unknown as (number | number[])[]).flat()
  const edge = node.attributes.mode === 'reflect' ? 0 : 1
  const strides = rowStrides(x.shape)
  const sources = y.shape.map((extent, axis) =>
    Array.from({ length: extent }, (_, at) => {
      const last = x.shape[axis]! - 1
      let from = at - paddings[2 * axis]!
      if (from < 0) from = -from - edge
      if (from > last) from = 2 * last - from + edge
      return from * strides[axis]!
    }),
  )
  b.loop('mirror', [b.flat(x)], [b.flatOutput(y)], ([from, to]) => () => {
    const at = y.shape.map(() => 0)
    for (let n = 0; n < to!.length; n++) {
      let source = 0
      for (const [axis, place] of at.entries()) source += sources[axis]![place]!
      to![n] = from![source]!
      for (let axis = at.length - 1; axis >= 0; axis--) {
        at[axis] = at[axis]! + 1
        if (at[axis]! < y.shape[axis]!) break
        at[axis] = 0
      }
    }
  })
}

const concat: Rule = (node, b) => {
  const [y] = node.outputs as [Value]
  const form = b.flatOutput(y)
  const axis = (numberOf(node, 'axis') + y.shape.length) % y.shape.length
  let start = 0
  for (const x of node.inputs) {
    place(
      b,
      x,
      y,
      form,
      y.shape.map((_, at) => (at === axis ? start : 0)),
    )
    start += x.shape[axis]!
  }
}

const pack: Rule = (node, b) => {
  const [y] = node.outputs as [Value]
  const form = b.flatOutput(y)
  const axis = (numberOf(node, 'axis', 0) + y.shape.length) % y.shape.length
  const strides = rowStrides(y.shape)
  for (const [index, x] of node.inputs.entries()) {
    const walk = { offset: index * strides[axis]!, strides: strides.toSpliced(axis, 1) }
    b.loop('pack', [b.flat(x)], [form], compileLoop(x.shape, [denseWalk(x.shape), walk], 'x1[i1] = x0[i0];'))
  }
}

/** Several outputs along one axis: SplitV's with their own extents, Unpack's without the axis. */
const split =
  (keepsAxis: boolean): Rule =>
  (node, b) => {
    const [x] = node.inputs as [Value]
    const axis = (numberOf(node, 'axis', 0) + x.shape.length) % x.shape.length
    const strides = rowStrides(x.shape)
    let start = 0
    for (const y of node.outputs) {
      const walk = { offset: start * strides[axis]!, strides: keepsAxis ? strides : strides.toSpliced(axis, 1) }
      b.loop(
        'split',
        [b.flat(x)],
        [b.flatOutput(y)],
        compileLoop(y.shape, [walk, denseWalk(y.shape)], 'x1[i1] = x0[i0];'),
      )
      start += keepsAxis ? y.shape[axis]! : 1
    }
  }

/** Rows of x by their index along an axis. */
const gather: Rule = (node, b) => {
  const [x, indices] = node.inputs as [Value, Value]
  if (numberOf(node, 'batchDims', 0) !== 0)
    throw new UnsupportedKernel({ kernel: node.op, source: node.source, target: 'onednn', why: 'batchDims is 0' })
  const axis = (numberOf(node, 'axis', 0) + x.shape.length) % x.shape.length
  const inner = sizeOf(x.shape.slice(axis + 1))
  const [extent, outer, count] = [x.shape[axis]!, sizeOf(x.shape.slice(0, axis)), sizeOf(indices.shape)]
  b.loop('gather', [b.flat(x), b.flat(indices)], [b.flatOutput(node.outputs[0]!)], ([from, index, to]) => () => {
    for (let o = 0; o < outer; o++)
      for (let n = 0; n < count; n++) {
        const source = (o * extent + index![n]!) * inner
        to!.set(from!.subarray(source, source + inner), (o * count + n) * inner)
      }
  })
}

/** Rows added up by the segment they name: the gradient of a gather. */
const segmentSum: Rule = (node, b) => {
  const [x, ids] = node.inputs as [Value, Value]
  const [y] = node.outputs as [Value]
  const rows = sizeOf(ids.shape)
  const inner = sizeOf(x.shape) / rows
  b.loop('segments', [b.flat(x), b.flat(ids)], [b.flatOutput(y)], ([from, index, to]) => () => {
    to!.fill(0)
    for (let row = 0; row < rows; row++) {
      const segment = index![row]!
      if (segment < 0) continue
      for (let i = 0; i < inner; i++) to![segment * inner + i] = to![segment * inner + i]! + from![row * inner + i]!
    }
  })
}

/** On where the class is the index; an index out of range leaves its row off, as in tfjs. */
const oneHot: Rule = (node, b) => {
  const [indices] = node.inputs as [Value]
  const depth = numberOf(node, 'depth')
  const [on, off] = [numberOf(node, 'onValue', 1), numberOf(node, 'offValue', 0)]
  b.loop('oneHot', [b.flat(indices)], [b.flatOutput(node.outputs[0]!)], ([index, to]) => () => {
    to!.fill(off)
    for (let row = 0; row < index!.length; row++) {
      const at = index![row]!
      if (at >= 0 && at < depth) to![row * depth + at] = on
    }
  })
}

const fill: Rule = (node, b) => {
  const [y] = node.outputs as [Value]
  const value = numberOf(node, 'value')
  const array = y.dtype === 'float32' ? Float32Array : y.dtype === 'int32' ? Int32Array : Uint8Array
  b.set(y, b.constant(new array(sizeOf(y.shape)).fill(value), y.shape, NUMBER_TYPES[y.dtype]))
}

export const movementRules: FamilyRules<typeof movementKernels, Rule> = {
  Concat: concat,
  ExpandDims: reshape,
  Fill: fill,
  GatherV2: gather,
  MirrorPad: mirrorPad,
  OneHot: oneHot,
  Pack: pack,
  PadV2: pad,
  Reshape: reshape,
  Reverse: reverse,
  Slice: slice,
  SplitV: split(true),
  Tile: tile,
  Transpose: transpose,
  Unpack: split(false),
  UnsortedSegmentSum: segmentSum,
}
