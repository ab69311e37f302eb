/** Convolutions, pooling and matrix products, with their gradient kernels. Images are NHWC, filters HWIO. */

import { backend_util } from '@tensorflow/tfjs-core'
import type { Attributes } from '../graph/graph.js'
import { broadcast, expectSameShape, f32, numbers, type ShapeRules, type TensorType } from './rule.js'

type Extents4 = [number, number, number, number]
type Pad = Parameters<typeof backend_util.computeConv2DInfo>[4]
type Rounding = 'floor' | 'round' | 'ceil'

function pair(attribute: Attributes[string], fallback?: number): [number, number] {
  const [height, width] = numbers(attribute ?? fallback)
  return [height!, width ?? height!]
}

function rank4(what: string, shape: readonly number[]): Extents4 {
  if (shape.length !== 4) throw new Error(`${what} should have rank 4, found [${shape}]`)
  return [...shape] as Extents4
}

function convolved(
  attributes: Attributes,
  image: readonly number[],
  filter: readonly number[],
  depthwise = false,
): number[] {
  const { strides, dilations, pad, dimRoundingMode, dataFormat = 'NHWC' } = attributes
  if (dataFormat !== 'NHWC') throw new Error(`expected data format NHWC, found ${String(dataFormat)}`)
  const [inChannels, filterChannels] = [image[3], filter[2]]
  if (inChannels !== filterChannels)
    throw new Error(`the image has ${inChannels} channels, the filter takes ${filterChannels}`)
  return backend_util.computeConv2DInfo(
    rank4('the image', image),
    rank4('the filter', filter),
    pair(strides),
    pair(dilations, 1),
    pad as Pad,
    dimRoundingMode as Rounding,
    depthwise,
  ).outShape
}

function pooled(attributes: Attributes, x: TensorType): number[] {
  const { filterSize, strides, pad, dimRoundingMode } = attributes
  return backend_util.computePool2DInfo(
    rank4('the image', x.shape),
    pair(filterSize),
    pair(strides),
    1,
    pad as Pad,
    dimRoundingMode as Rounding,
  ).outShape
}

function product(attributes: Attributes, a: TensorType, b: TensorType): number[] {
  const [rowsA, columnsA] = a.shape.slice(-2)
  const [rowsB, columnsB] = b.shape.slice(-2)
  const [rows, inner] = attributes.transposeA ? [columnsA, rowsA] : [rowsA, columnsA]
  const [innerB, columns] = attributes.transposeB ? [columnsB, rowsB] : [rowsB, columnsB]
  if (inner !== innerB) throw new Error(`inner extents ${inner} and ${innerB} differ ([${a.shape}] and [${b.shape}])`)
  return [...broadcast(a.shape.slice(0, -2), b.shape.slice(0, -2)), rows!, columns!]
}

function gradientOfInput(depthwise: boolean) {
  return (attributes: Attributes, dy: TensorType, filter: TensorType) => {
    const shape = numbers(attributes.inputShape)
    expectSameShape('dy', dy.shape, convolved(attributes, shape, filter.shape, depthwise))
    return [f32(shape)]
  }
}

function gradientOfFilter(depthwise: boolean) {
  return (attributes: Attributes, x: TensorType, dy: TensorType) => {
    const shape = numbers(attributes.filterShape)
    expectSameShape('dy', dy.shape, convolved(attributes, x.shape, shape, depthwise))
    return [f32(shape)]
  }
}

export const convolutionShapes: ShapeRules = {
  Conv2D: { inputs: ['x', 'filter'], outputs: (a, x, filter) => [f32(convolved(a, x!.shape, filter!.shape))] },
  Conv2DBackpropInput: { inputs: ['dy', 'filter'], outputs: gradientOfInput(false) },
  Conv2DBackpropFilter: { inputs: ['x', 'dy'], outputs: gradientOfFilter(false) },
  DepthwiseConv2dNative: {
    inputs: ['x', 'filter'],
    outputs: (a, x, filter) => [f32(convolved(a, x!.shape, filter!.shape, true))],
  },
  DepthwiseConv2dNativeBackpropInput: { inputs: ['dy', 'filter'], outputs: gradientOfInput(true) },
  DepthwiseConv2dNativeBackpropFilter: { inputs: ['x', 'dy'], outputs: gradientOfFilter(true) },
  MaxPool: { inputs: ['x'], outputs: (a, x) => [{ shape: pooled(a, x!), dtype: x!.dtype }] },
  AvgPool: { inputs: ['x'], outputs: (a, x) => [f32(pooled(a, x!))] },
  MaxPoolGrad: {
    inputs: ['dy', 'input', 'output'],
    outputs: (a, dy, input, output) => {
      expectSameShape('dy', dy!.shape, pooled(a, input!))
      expectSameShape('output', output!.shape, dy!.shape)
      return [f32(input!.shape)]
    },
  },
  AvgPoolGrad: {
    inputs: ['dy', 'input'],
    outputs: (a, dy, input) => {
      expectSameShape('dy', dy!.shape, pooled(a, input!))
      return [f32(input!.shape)]
    },
  },
  BatchMatMul: { inputs: ['a', 'b'], outputs: (attributes, a, b) => [f32(product(attributes, a!, b!))] },
}
