/**
 * Convolutions and their gradients. A primitive is asked for in the layout that images should have; where oneDNN has no good
 * implementation so, it may choose the layout of its smaller side, then of both. Filters lie as the primitive wants them: forward
 * and gradient each get their own copy in the number type that is multiplied, made once a step.
 */
import type { Argument, Attributes, Computation, Descriptor, Primitive } from '@tiny-face/onednn-session'
import { listOf } from '../../../attributes.js'
import { type GraphNode, sizeOf, type Value } from '../../../graph/graph.js'
import type { convolutionKernels } from '../../../kernels/convolution.js'
import type { FamilyRules } from '../../../rule-table.js'
import { convWindow, type Window } from '../../../window.js'
import { axesOf, type Builder, type Form, type Role, SLOW } from '../builder.js'
import type { Rule } from './rule.js'

interface Convolution {
  readonly kind: 'convolution' | 'convolutionBackwardData' | 'convolutionBackwardWeights'
  /** The image that the filter slides over, and what comes out: shapes of tfjs. */
  readonly src: readonly number[]
  readonly dst: readonly number[]
  readonly filter: readonly number[]
  readonly role: Role
  readonly window: Window
}

type ConvolutionComputation = Extract<Computation, { kind: Convolution['kind'] }>

const filterRole = (depthwise: boolean): Role => (depthwise ? 'depthwise' : 'filter')

/** What is computed, in the layouts to try, best first. */
function candidates(b: Builder, { kind, src, dst, filter, role, window }: Convolution): ConvolutionComputation[] {
  const number = b.lowering.precision
  const filterShape = axesOf(role, filter)
  const weights = b.descriptor(filterShape, kind === 'convolutionBackwardWeights' ? 'f32' : number, 'any')
  const forwardWeights = b.descriptor(filterShape, number, 'any')
  const [srcAxes, dstAxes] = [axesOf('image', src), axesOf('image', dst)]
  const wanted = { src: b.imageDescriptor(src, number), dst: b.imageDescriptor(dst, number) }
  const blocks = b.lowering.imageLayout === 'acdb' ? 'aBcd16b' : b.lowering.imageLayout
  const blocked = {
    src: b.descriptor(srcAxes, number, srcAxes[1]! % 16 === 0 ? blocks : 'any'),
    dst: b.descriptor(dstAxes, number, dstAxes[1]! % 16 === 0 ? blocks : 'any'),
  }
  const any = (axes: readonly number[]) => b.descriptor(axes, number, 'any')
  const tries: { src: Descriptor; dst: Descriptor }[] = [
    // The gradient by a depthwise filter of stride 2 is several times faster in blocks, two reorders included.
    ...(role === 'depthwise' && kind === 'convolutionBackwardWeights' && window.strides.some(stride => stride > 1)
      ? [blocked]
      : []),
    wanted,
    { src: any(srcAxes), dst: wanted.dst },
    { src: wanted.src, dst: any(dstAxes) },
    { src: any(srcAxes), dst: any(dstAxes) },
    { src: b.descriptor(srcAxes, number, 'acdb'), dst: b.descriptor(dstAxes, number, 'acdb') },
  ]
  const { strides, dilations, before, after } = window
  return tries.map(layouts => ({ kind, ...layouts, weights, forwardWeights, strides, dilations, before, after }))
}

/** `brgconv_strided` takes 217-317 ms for a depthwise gradient that `jit_dw` does in 8. */
function primitiveOf(b: Builder, convolution: Convolution): Primitive {
  const refuse = convolution.role === 'depthwise' ? new RegExp(`${SLOW.source}|brgconv_strided`) : SLOW
  return b.choose(candidates(b, convolution), {}, refuse, ({ descriptorOf }) => {
    if (convolution.kind !== 'convolutionBackwardWeights') return true
    return descriptorOf('diffWeights').bytes <= MAX_PADDING * 4 * sizeOf(convolution.filter)
  })
}

/**
 * How much larger a gradient may lie than it is: a filter lies as its gradient, and is read, updated and sent so. That of MobileFaceNet's last
 * depthwise convolution would take 256 times as much, 26 MB of all the network's 30.
 */
const MAX_PADDING = 16

/** What is done to a convolution's result before it is stored, and how it must lie for that. */
export interface Epilogue {
  readonly attributes: Attributes
  readonly dst: Descriptor
  /** Second operands of its binary post-ops, in their order. */
  readonly operands: readonly Form[]
  /** Of a PReLU, the last of the post-ops. */
  readonly slope?: Form | undefined
}

/**
 * Writes a forward convolution into `y`.
 *
 * @param before writes what the epilogue needs, once it is sure that there will be one
 * @throws Unimplemented where there is an epilogue and oneDNN has no good implementation with it
 */
export function convolutionForward(
  b: Builder,
  node: GraphNode,
  y: Value,
  epilogue?: Epilogue,
  before?: () => void,
): void {
  const [x, filter] = node.inputs as [Value, Value]
  const depthwise = node.op === 'DepthwiseConv2dNative'
  const role = filterRole(depthwise)
  const window = convWindow(node, x.shape, filter.shape, depthwise)
  const convolution = { kind: 'convolution', src: x.shape, dst: y.shape, filter: filter.shape, role, window } as const
  const primitive = epilogue
    ? b.chooseGood(
        candidates(b, convolution).filter(({ dst }) => dst === epilogue.dst),
        epilogue.attributes,
      )
    : primitiveOf(b, convolution)
  before?.()
  const operands = (epilogue?.operands ?? []).map((form, index) => [`postOp${index}` as Argument, form] as const)
  const args = {
    src: b.get(x, 'image', primitive.descriptorOf('src')),
    weights: b.get(filter, role, primitive.descriptorOf('weights')),
    dst: b.imageOutput(y, primitive.descriptorOf('dst')),
    ...Object.fromEntries(operands),
    ...(epilogue?.slope && { [`slopeOfPostOp${operands.length}`]: epilogue.slope }),
  }
  b.execute(primitive, args, ['dst'])
}

const forward: Rule = (node, b) => convolutionForward(b, node, node.outputs[0]!)

const inputGradient =
  (depthwise: boolean): Rule =>
  (node, b) => {
    const [dy, filter] = node.inputs as [Value, Value]
    const [dx] = node.outputs as [Value]
    const role = filterRole(depthwise)
    const window = convWindow(node, listOf(node, 'inputShape'), filter.shape, depthwise)
    const primitive = primitiveOf(b, {
      kind: 'convolutionBackwardData',
      src: dx.shape,
      dst: dy.shape,
      filter: filter.shape,
      role,
      window,
    })
    const args = {
      diffDst: b.get(dy, 'image', primitive.descriptorOf('diffDst')),
      weights: b.get(filter, role, primitive.descriptorOf('weights')),
      diffSrc: b.imageOutput(dx, primitive.descriptorOf('diffSrc')),
    }
    b.execute(primitive, args, ['diffSrc'])
  }

/** The primitive of a gradient by a filter; also asked beforehand, since the filter itself should lie as its gradient does. */
export function filterGradientPrimitive(b: Builder, node: GraphNode): Primitive {
  return b.once(node.outputs[0]!, 'primitive', () => {
    const [x, dy] = node.inputs as [Value, Value]
    const depthwise = node.op === 'DepthwiseConv2dNativeBackpropFilter'
    const filter = listOf(node, 'filterShape')
    return primitiveOf(b, {
      kind: 'convolutionBackwardWeights',
      src: x.shape,
      dst: dy.shape,
      filter,
      role: filterRole(depthwise),
      window: convWindow(node, x.shape, filter, depthwise),
    })
  })
}

const filterGradient =
  (depthwise: boolean): Rule =>
  (node, b) => {
    const [x, dy] = node.inputs as [Value, Value]
    const [dw] = node.outputs as [Value]
    const primitive = filterGradientPrimitive(b, node)
    const args = {
      src: b.get(x, 'image', primitive.descriptorOf('src')),
      diffDst: b.get(dy, 'image', primitive.descriptorOf('diffDst')),
      diffWeights: b.allocate(dw, filterRole(depthwise), primitive.descriptorOf('diffWeights')),
    }
    b.set(dw, args.diffWeights)
    b.execute(primitive, args, ['diffWeights'])
  }

export const convolutionRules: FamilyRules<typeof convolutionKernels, Rule> = {
  Conv2D: forward,
  Conv2DBackpropInput: inputGradient(false),
  Conv2DBackpropFilter: filterGradient(false),
  DepthwiseConv2dNative: forward,
  DepthwiseConv2dNativeBackpropInput: inputGradient(true),
  DepthwiseConv2dNativeBackpropFilter: filterGradient(true),
}
