/** Kernels that create, move, join and choose elements. */

import { slice_util } from '@tensorflow/tfjs-core'
import { type Attribute, type Attributes, type DType, sizeOf } from '../graph/graph.js'
import { axesOf, expectSameShape, type Kernels, numbers, type TensorType, whole } from './kernel.js'

function oneAxis(attribute: Attribute, rank: number): number {
  return axesOf(attribute ?? 0, rank)[0]!
}

function reshaped(attributes: Attributes, x: TensorType): TensorType[] {
  const shape = numbers(attributes.shape)
  const size = sizeOf(x.shape)
  const known = sizeOf(shape.filter(extent => extent !== -1))
  const full = shape.map(extent => (extent === -1 ? size / known : extent))
  if (sizeOf(full) !== size || !full.every(Number.isInteger))
    throw new Error(`[${x.shape}] does not reshape to [${shape}]`)
  return [{ shape: full, dtype: x.dtype }]
}

function concatenated(attributes: Attributes, ...parts: TensorType[]): TensorType[] {
  const [first] = parts
  const axis = oneAxis(attributes.axis, first!.shape.length)
  for (const part of parts) expectSameShape('a part', part.shape, first!.shape.with(axis, part.shape[axis]!))
  return [
    {
      shape: first!.shape.with(
        axis,
        parts.reduce((sum, part) => sum + part.shape[axis]!, 0),
      ),
      dtype: first!.dtype,
    },
  ]
}

function gathered({ axis, batchDims }: Attributes, x: TensorType, indices: TensorType): TensorType[] {
  const at = oneAxis(axis, x.shape.length)
  const batch = whole(batchDims ?? 0)
  return [{ shape: [...x.shape.slice(0, at), ...indices.shape.slice(batch), ...x.shape.slice(at + 1)], dtype: x.dtype }]
}

function padded({ paddings }: Attributes, x: TensorType): TensorType[] {
  const pairs = (paddings as readonly (readonly number[])[]).map(numbers)
  return [{ shape: x.shape.map((extent, axis) => extent + pairs[axis]![0]! + pairs[axis]![1]!), dtype: x.dtype }]
}

function split({ numOrSizeSplits, axis }: Attributes, x: TensorType): TensorType[] {
  const at = oneAxis(axis, x.shape.length)
  const extent = x.shape[at]!
  const sizes =
    typeof numOrSizeSplits === 'number'
      ? Array(numOrSizeSplits).fill(extent / numOrSizeSplits)
      : numbers(numOrSizeSplits)
  const known = sizes.filter(size => size !== -1).reduce((sum, size) => sum + size, 0)
  return sizes.map(size => ({ shape: x.shape.with(at, size === -1 ? extent - known : size), dtype: x.dtype }))
}

function sliced({ begin, size }: Attributes, x: TensorType): TensorType[] {
  const where = { shape: [...x.shape], dtype: x.dtype, dataId: {} }
  const [starts, sizes] = slice_util.parseSliceParams(where, numbers(begin), numbers(size))
  slice_util.assertParamsValid(where, starts!, sizes!)
  return [{ shape: sizes!, dtype: x.dtype }]
}

export const movementKernels = {
  Reshape: { inputs: ['x'], outputs: reshaped },
  ExpandDims: {
    inputs: ['input'],
    outputs: ({ dim }, input) => [
      { shape: input!.shape.toSpliced(axesOf(dim, input!.shape.length + 1)[0]!, 0, 1), dtype: input!.dtype },
    ],
  },
  Transpose: {
    inputs: ['x'],
    outputs: ({ perm }, x) => [{ shape: numbers(perm).map(axis => x!.shape[axis]!), dtype: x!.dtype }],
  },
  Tile: {
    inputs: ['x'],
    outputs: ({ reps }, x) => [
      { shape: x!.shape.map((extent, axis) => extent * numbers(reps)[axis]!), dtype: x!.dtype },
    ],
  },
  Concat: { inputs: 'list', outputs: concatenated },
  Pack: {
    inputs: 'list',
    outputs: ({ axis }, ...parts) => {
      const [first] = parts
      for (const part of parts) expectSameShape('a part', part.shape, first!.shape)
      return [
        {
          shape: first!.shape.toSpliced(axesOf(axis, first!.shape.length + 1)[0]!, 0, parts.length),
          dtype: first!.dtype,
        },
      ]
    },
  },
  Unpack: {
    inputs: ['value'],
    outputs: ({ axis }, value) => {
      const at = oneAxis(axis, value!.shape.length)
      return Array.from({ length: value!.shape[at]! }, () => ({
        shape: value!.shape.toSpliced(at, 1),
        dtype: value!.dtype,
      }))
    },
  },
  SplitV: { inputs: ['x'], outputs: split },
  Slice: { inputs: ['x'], outputs: sliced },
  PadV2: { inputs: ['x'], outputs: padded },
  MirrorPad: { inputs: ['x'], outputs: padded },
  Reverse: { inputs: ['x'], outputs: (_, x) => [x!] },
  GatherV2: { inputs: ['x', 'indices'], outputs: gathered },
  UnsortedSegmentSum: {
    inputs: ['x', 'segmentIds'],
    outputs: ({ numSegments }, x, ids) => [
      { shape: [whole(numSegments), ...x!.shape.slice(ids!.shape.length)], dtype: x!.dtype },
    ],
  },
  OneHot: {
    inputs: ['indices'],
    outputs: ({ depth, dtype }, indices) => [
      { shape: [...indices!.shape, whole(depth)], dtype: (dtype ?? 'int32') as DType },
    ],
  },
  Fill: {
    inputs: [],
    outputs: ({ shape, dtype }) => [{ shape: numbers(shape), dtype: (dtype ?? 'float32') as DType }],
  },
} satisfies Kernels
