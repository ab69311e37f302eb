/** Primitives: one computation of oneDNN's, compiled for given descriptors. */

import { type Address, check, type Library, made, type Pointer, Unimplemented } from './library.js'
import { koffi } from './load-koffi.js'
import { adopt, type Descriptor, destroyDescriptor, dims } from './memory-descriptor.js'

/** What a primitive reads and writes, by oneDNN's numbers (DNNL_ARG_…). */
export const ARGUMENTS = {
  src: 1,
  src1: 2,
  dst: 17,
  weights: 33,
  bias: 41,
  mean: 49,
  variance: 50,
  scale: 51,
  shift: 52,
  workspace: 64,
  scratchpad: 80,
  diffSrc: 129,
  diffDst: 145,
  diffWeights: 161,
  diffScale: 255,
  diffShift: 256,
  /** The factor of the second operand of a binary primitive. */
  scaleOfSrc1: 4096 | 2,
  /** The second operand of the first, second and third post-op. */
  postOp0: 32768 | 2,
  postOp1: 65536 | 2,
  postOp2: 98304 | 2,
  /** The slopes of a PReLU that is the third or fourth post-op. */
  slopeOfPostOp2: 98304 | 33,
  slopeOfPostOp3: 131072 | 33,
} as const
export type Argument = keyof typeof ARGUMENTS

/** dnnl_alg_kind_t. */
export const ALGORITHMS = {
  direct: 0x1,
  relu: 0x20,
  tanh: 0x21,
  square: 0x23,
  abs: 0x24,
  sqrt: 0x25,
  linear: 0x26,
  logistic: 0x29,
  exp: 0x2a,
  /** Between alpha and beta. */
  clip: 0x2e,
  maxPooling: 0x1ff,
  averagePoolingWithPadding: 0x2ff,
  averagePooling: 0x3ff,
  add: 0x1fff0,
  multiply: 0x1fff1,
  divide: 0x1fff4,
  subtract: 0x1fff5,
} as const
export type Algorithm = keyof typeof ALGORITHMS

/** Of reductions. */
const REDUCTIONS = { sum: 0x2fff4, mean: 0x2fff6 } as const

/** dnnl_normalization_flags_t */
const USE_GLOBAL_STATISTICS = 1
const USE_SCALE_AND_SHIFT = 2 | 4
const FUSE_RELU = 8

/** dnnl_prop_kind_t */
const FORWARD_TRAINING = 64
const FORWARD_INFERENCE = 96
const BACKWARD = 128

const SCRATCHPAD_OF_USER = 1
const QUERY_IMPLEMENTATION = 8
/** dnnl_query_t of the descriptors. */
const DESCRIPTORS = {
  src: 129,
  diffSrc: 130,
  weights: 131,
  diffWeights: 132,
  dst: 133,
  diffDst: 134,
  workspace: 135,
  scratchpad: 136,
} as const

/** What happens to a result before it is stored. */
export type PostOp =
  /** Added to what lies in the destination, times `scale`. */
  | { readonly kind: 'sum'; readonly scale?: number }
  | {
      readonly kind: 'eltwise'
      readonly algorithm: Algorithm
      readonly alpha?: number
      readonly beta?: number
    }
  /** PReLU, its slopes given when executed; `mask` has a bit for each axis along which they differ. */
  | { readonly kind: 'prelu'; readonly mask: number }
  /** With a second operand, given as `postOp0`, `postOp1` or `postOp2`. */
  | { readonly kind: 'binary'; readonly algorithm: Algorithm; readonly operand: Descriptor }

export interface Attributes {
  readonly postOps?: readonly PostOp[]
  /** Operands with a factor of their own, given when executed. */
  readonly scales?: readonly ('src' | 'src1')[]
}

export interface WindowOf {
  readonly strides: readonly number[]
  /** 1 where the taps are neighbours. */
  readonly dilations: readonly number[]
  readonly before: readonly number[]
  readonly after: readonly number[]
}

/** A computation. Shapes are oneDNN's: [batch, channels, height, width], filters [(groups,) out, in, height, width]. */
export type Computation =
  | ({
      readonly kind: 'convolution' | 'convolutionBackwardData' | 'convolutionBackwardWeights'
      readonly src: Descriptor
      readonly weights: Descriptor
      readonly bias?: Descriptor
      readonly dst: Descriptor
      readonly inference?: boolean
      /** Of a gradient by the weights, where it is of another number type than the weights of the forward pass. */
      readonly forwardWeights?: Descriptor
    } & WindowOf)
  | {
      readonly kind: 'batchNormalization' | 'batchNormalizationBackward'
      readonly src: Descriptor
      readonly epsilon: number
      /** With a ReLU after it, whose mask is the workspace. */
      readonly relu?: boolean
      /** By given statistics, not those of the batch. */
      readonly inference?: boolean
    }
  | { readonly kind: 'prelu' | 'preluBackward'; readonly src: Descriptor; readonly weights: Descriptor }
  | {
      readonly kind: 'eltwise' | 'eltwiseBackward'
      readonly algorithm: Algorithm
      readonly src: Descriptor
      /** Of the result; of `src` where left out. */
      readonly dst?: Descriptor
      readonly alpha?: number
      readonly beta?: number
    }
  | {
      readonly kind: 'binary'
      readonly algorithm: Algorithm
      readonly src: Descriptor
      readonly src1: Descriptor
      readonly dst: Descriptor
    }
  | {
      readonly kind: 'matmul'
      readonly src: Descriptor
      readonly weights: Descriptor
      readonly bias?: Descriptor
      readonly dst: Descriptor
    }
  | {
      readonly kind: 'reduction'
      readonly algorithm: keyof typeof REDUCTIONS
      readonly src: Descriptor
      readonly dst: Descriptor
    }
  | { readonly kind: 'reorder'; readonly src: Descriptor; readonly dst: Descriptor }
  | ({
      readonly kind: 'pooling' | 'poolingBackward'
      readonly algorithm: 'maxPooling' | 'averagePooling' | 'averagePoolingWithPadding'
      readonly src: Descriptor
      readonly dst: Descriptor
      readonly kernel: readonly number[]
    } & WindowOf)

export interface Primitive {
  readonly kind: Computation['kind']
  /** The name of the implementation that oneDNN chose, as `brgconv:avx512_core_bf16`. */
  readonly implementation: string
  readonly handle: Address
  /** Working memory that an execution is given. */
  readonly scratchpadBytes: number
  /** What a training's forward pass hands to its backward one; undefined where it hands over nothing. */
  readonly workspace: Descriptor | undefined
  /** All that `descriptorOf` gives; they are freed with the primitive. */
  readonly descriptors: readonly Descriptor[]
  /** How a tensor must lie, where its descriptor was `any`. */
  descriptorOf(role: keyof typeof DESCRIPTORS): Descriptor
}

/**
 * Compiles a computation.
 *
 * @param refuse implementations that are not wanted: the first other one is taken
 * @throws Unimplemented where oneDNN has none, or only refused ones
 */
export function createPrimitive(
  library: Library,
  computation: Computation,
  attributes: Attributes = {},
  refuse?: RegExp,
): Primitive {
  const { functions } = library
  const attr = attributesOf(library, attributes)
  let hint: Address | null = null
  let pd: Address | null = null
  const known = new Map<keyof typeof DESCRIPTORS, Descriptor>()
  try {
    // A backward primitive looks at the forward one's descriptor until it is made.
    const forward = forwardOf(computation)
    if (forward) hint = primitiveDescriptor(library, forward, null, null)
    const described = primitiveDescriptor(library, computation, attr, hint)
    pd = described
    const implementation = wantedImplementation(library, described, computation.kind, refuse)
    const descriptorOf = (role: keyof typeof DESCRIPTORS) => known.get(role)!
    for (const role of Object.keys(DESCRIPTORS) as (keyof typeof DESCRIPTORS)[]) {
      const owned = functions.dnnl_primitive_desc_query_md(described, DESCRIPTORS[role], 0) as Address | null
      if (owned) known.set(role, adopt(library, owned))
    }
    const workspace = known.get('workspace')
    return {
      kind: computation.kind,
      implementation,
      handle: made('primitive_create', out => functions.dnnl_primitive_create(out, described)),
      scratchpadBytes: known.get('scratchpad')?.bytes ?? 0,
      workspace: workspace && workspace.bytes > 0 ? workspace : undefined,
      descriptors: [...known.values()],
      descriptorOf,
    }
  } catch (error) {
    for (const descriptor of known.values()) destroyDescriptor(library, descriptor)
    throw error
  } finally {
    if (pd !== null) functions.dnnl_primitive_desc_destroy(pd)
    if (hint !== null) functions.dnnl_primitive_desc_destroy(hint)
    functions.dnnl_primitive_attr_destroy(attr)
  }
}

function wantedImplementation(library: Library, pd: Address, kind: string, refuse: RegExp | undefined): string {
  for (;;) {
    const pointer = new BigUint64Array(1)
    check('primitive_desc_query', library.functions.dnnl_primitive_desc_query(pd, QUERY_IMPLEMENTATION, 0, pointer))
    const name = String(koffi().decode.string(pointer[0]!))
    if (!refuse?.test(name)) return name
    if (library.functions.dnnl_primitive_desc_next_impl(pd) !== 0)
      throw new Unimplemented(`oneDNN: ${kind}: no implementation but ${name}`)
  }
}

function attributesOf({ functions }: Library, { postOps = [], scales = [] }: Attributes): Address {
  const attr = made('primitive_attr_create', out => functions.dnnl_primitive_attr_create(out))
  check('attr', functions.dnnl_primitive_attr_set_scratchpad_mode(attr, SCRATCHPAD_OF_USER))
  for (const operand of scales)
    check('attr', functions.dnnl_primitive_attr_set_scales_mask(attr, ARGUMENTS[operand], 0))
  if (postOps.length === 0) return attr
  const ops = made('post_ops_create', out => functions.dnnl_post_ops_create(out))
  for (const op of postOps) {
    if (op.kind === 'sum') check('post_ops', functions.dnnl_post_ops_append_sum(ops, op.scale ?? 1, 0, 0))
    if (op.kind === 'eltwise')
      check(
        'post_ops',
        functions.dnnl_post_ops_append_eltwise(ops, ALGORITHMS[op.algorithm], op.alpha ?? 0, op.beta ?? 0),
      )
    if (op.kind === 'prelu') check('post_ops', functions.dnnl_post_ops_append_prelu(ops, op.mask))
    if (op.kind === 'binary')
      check('post_ops', functions.dnnl_post_ops_append_binary(ops, ALGORITHMS[op.algorithm], op.operand.handle))
  }
  check('attr', functions.dnnl_primitive_attr_set_post_ops(attr, ops))
  functions.dnnl_post_ops_destroy(ops)
  return attr
}

/** The forward computation that a backward one belongs to; undefined where it is none. */
function forwardOf(c: Computation): Computation | undefined {
  switch (c.kind) {
    case 'convolutionBackwardData':
      return { ...c, kind: 'convolution', bias: undefined }
    case 'convolutionBackwardWeights':
      return { ...c, kind: 'convolution', bias: undefined, weights: c.forwardWeights ?? c.weights }
    case 'batchNormalizationBackward':
      return { ...c, kind: 'batchNormalization' }
    case 'preluBackward':
      return { ...c, kind: 'prelu' }
    case 'eltwiseBackward':
      return { ...c, kind: 'eltwise' }
    case 'poolingBackward':
      return { ...c, kind: 'pooling' }
    default:
      return undefined
  }
}

function primitiveDescriptor(library: Library, c: Computation, attr: Address | null, hint: Address | null): Address {
  const { functions, engine } = library
  switch (c.kind) {
    case 'convolution':
      return made(c.kind, out =>
        functions.dnnl_convolution_forward_primitive_desc_create(
          out,
          engine,
          c.inference ? FORWARD_INFERENCE : FORWARD_TRAINING,
          ALGORITHMS.direct,
          c.src.handle,
          c.weights.handle,
          c.bias?.handle ?? null,
          c.dst.handle,
          ...windowOf(c),
          attr,
        ),
      )
    case 'convolutionBackwardData':
      return made(c.kind, out =>
        functions.dnnl_convolution_backward_data_primitive_desc_create(
          out,
          engine,
          ALGORITHMS.direct,
          c.src.handle,
          c.weights.handle,
          c.dst.handle,
          ...windowOf(c),
          hint,
          attr,
        ),
      )
    case 'convolutionBackwardWeights':
      return made(c.kind, out =>
        functions.dnnl_convolution_backward_weights_primitive_desc_create(
          out,
          engine,
          ALGORITHMS.direct,
          c.src.handle,
          c.weights.handle,
          null,
          c.dst.handle,
          ...windowOf(c),
          hint,
          attr,
        ),
      )
    case 'batchNormalization':
      return made(c.kind, out =>
        functions.dnnl_batch_normalization_forward_primitive_desc_create(
          out,
          engine,
          c.inference ? FORWARD_INFERENCE : FORWARD_TRAINING,
          c.src.handle,
          c.src.handle,
          c.epsilon,
          flagsOf(c),
          attr,
        ),
      )
    case 'batchNormalizationBackward':
      return made(c.kind, out =>
        functions.dnnl_batch_normalization_backward_primitive_desc_create(
          out,
          engine,
          BACKWARD,
          c.src.handle,
          c.src.handle,
          c.src.handle,
          c.epsilon,
          flagsOf(c),
          hint,
          attr,
        ),
      )
    case 'prelu':
      return made(c.kind, out =>
        functions.dnnl_prelu_forward_primitive_desc_create(
          out,
          engine,
          FORWARD_TRAINING,
          c.src.handle,
          c.weights.handle,
          c.src.handle,
          attr,
        ),
      )
    case 'preluBackward':
      return made(c.kind, out =>
        functions.dnnl_prelu_backward_primitive_desc_create(
          out,
          engine,
          c.src.handle,
          c.weights.handle,
          c.src.handle,
          c.weights.handle,
          c.src.handle,
          hint,
          attr,
        ),
      )
    case 'eltwise':
      return made(c.kind, out =>
        functions.dnnl_eltwise_forward_primitive_desc_create(
          out,
          engine,
          FORWARD_TRAINING,
          ALGORITHMS[c.algorithm],
          c.src.handle,
          (c.dst ?? c.src).handle,
          c.alpha ?? 0,
          c.beta ?? 0,
          attr,
        ),
      )
    case 'eltwiseBackward':
      return made(c.kind, out =>
        functions.dnnl_eltwise_backward_primitive_desc_create(
          out,
          engine,
          ALGORITHMS[c.algorithm],
          c.src.handle,
          c.src.handle,
          c.src.handle,
          c.alpha ?? 0,
          c.beta ?? 0,
          hint,
          attr,
        ),
      )
    case 'binary':
      return made(c.kind, out =>
        functions.dnnl_binary_primitive_desc_create(
          out,
          engine,
          ALGORITHMS[c.algorithm],
          c.src.handle,
          c.src1.handle,
          c.dst.handle,
          attr,
        ),
      )
    case 'matmul':
      return made(c.kind, out =>
        functions.dnnl_matmul_primitive_desc_create(
          out,
          engine,
          c.src.handle,
          c.weights.handle,
          c.bias?.handle ?? null,
          c.dst.handle,
          attr,
        ),
      )
    case 'reduction':
      return made(c.kind, out =>
        functions.dnnl_reduction_primitive_desc_create(
          out,
          engine,
          REDUCTIONS[c.algorithm],
          c.src.handle,
          c.dst.handle,
          0,
          0,
          attr,
        ),
      )
    case 'reorder':
      return made(c.kind, out =>
        functions.dnnl_reorder_primitive_desc_create(out, c.src.handle, engine, c.dst.handle, engine, attr),
      )
    case 'pooling':
      return made(c.kind, out =>
        functions.dnnl_pooling_forward_primitive_desc_create(
          out,
          engine,
          FORWARD_TRAINING,
          ALGORITHMS[c.algorithm],
          c.src.handle,
          c.dst.handle,
          ...poolingWindowOf(c),
          attr,
        ),
      )
    case 'poolingBackward':
      return made(c.kind, out =>
        functions.dnnl_pooling_backward_primitive_desc_create(
          out,
          engine,
          ALGORITHMS[c.algorithm],
          c.src.handle,
          c.dst.handle,
          ...poolingWindowOf(c),
          hint,
          attr,
        ),
      )
  }
}

const windowOf = ({ strides, dilations, before, after }: WindowOf): Pointer[] => [
  dims(strides),
  dims(dilations.map(dilation => dilation - 1)),
  dims(before),
  dims(after),
]

const poolingWindowOf = (pooling: WindowOf & { readonly kernel: readonly number[] }): Pointer[] => {
  const [strides, ...rest] = windowOf(pooling)
  return [strides!, dims(pooling.kernel), ...rest]
}

const flagsOf = ({ relu, inference }: { relu?: boolean; inference?: boolean }) =>
  USE_SCALE_AND_SHIFT | (relu ? FUSE_RELU : 0) | (inference ? USE_GLOBAL_STATISTICS : 0)

/** Frees a primitive. */
export function destroyPrimitive(library: Library, { handle, descriptors }: Primitive): void {
  library.functions.dnnl_primitive_destroy(handle)
  for (const descriptor of descriptors) destroyDescriptor(library, descriptor)
}
