/**
 * Which values are bf16 when training in mixed precision: the images between layers, and what is a reshaped or thinned out image.
 * Statistics, scales, slopes, the head, gradients by weights and all state stay f32, as in PyTorch's autocast.
 */
import type { ElementType } from '@tiny-face/onednn-session'
import type { Graph, GraphNode, Value } from '../../graph/graph.js'
import { isEpilogue } from './passes/fuse-convolution-epilogue.js'

/** Kernels whose results are images, whatever they are made of. */
const MAKES_IMAGES = new Set([
  ...['Conv2D', 'Conv2DBackpropInput', 'DepthwiseConv2dNative', 'DepthwiseConv2dNativeBackpropInput'],
  ...[
    'BatchNorm',
    'BatchNormGrad',
    'BatchNormRelu',
    'BatchNormReluGrad',
    'FusedBatchNorm',
    'ConvolutionEpilogue',
    'Prelu',
    'PreluGrad',
  ],
  ...[
    'Relu',
    'ReluGrad',
    'Relu6',
    'Relu6Grad',
    'Add',
    'AddRelu',
    'AddN',
    'Multiply',
    'Dropout',
    'MaxPool',
    'AvgPool',
    'MaxPoolGrad',
    'AvgPoolGrad',
  ],
])

/** Kernels whose result is another view of their input. */
const SAME_ELEMENTS = new Set(['Reshape', 'Dropout'])

const isImage = ({ shape, dtype }: Value) => dtype === 'float32' && shape.length === 4

/** Nothing is named in f32: every value then keeps its own type. */
export function planNumberTypes(graph: Graph, number: 'bf16' | 'f32'): ReadonlyMap<Value, ElementType> {
  const types = new Map<Value, ElementType>()
  if (number === 'f32') return types
  const mark = ({ op, outputs }: GraphNode) => {
    if (MAKES_IMAGES.has(op) && isImage(outputs[0]!)) types.set(outputs[0]!, 'bf16')
  }
  for (const node of graph.nodes) for (const part of isEpilogue(node) ? [node, ...node.parts] : [node]) mark(part)
  // Forwards, then backwards: what an image becomes, and what becomes an image.
  for (const { op, inputs, outputs } of graph.nodes)
    if (SAME_ELEMENTS.has(op) && types.has(inputs[0]!)) types.set(outputs[0]!, 'bf16')
  const inputs = new Set(graph.inputs.values())
  for (const {
    op,
    inputs: [x],
    outputs,
  } of graph.nodes.toReversed())
    if (SAME_ELEMENTS.has(op) && types.has(outputs[0]!) && x!.dtype === 'float32' && !inputs.has(x!))
      types.set(x!, 'bf16')
  return types
}
