/**
 * The typed graph: what a trace records, what passes clean, what targets lower.
 *
 *     graph   = named inputs, constants, nodes in an order of execution, named outputs
 *     node    = one kernel under tfjs's own name (`Conv2D`, `Add`, …) or one of the whole kernels of `kernels/`
 *               (`BatchNorm`, `BatchNormGrad`, `PreluGrad`, `MomentumUpdate`, `MovingAverage`), or a `LayoutChange`
 *     value   = one tensor: logical shape and type, and the physical layout that a pass assigned
 *
 * A value's `shape` is always the logical one that tfjs knows ([batch, height, width, channels] for images, HWIO for
 * filters), whatever its layout. Values are compared by identity; a value has exactly one producer (an input, a constant
 * or a node's output).
 */

export type DType = 'float32' | 'int32' | 'bool'

/**
 * How a value lies in memory. `plain` is tfjs's own order (NHWC, HWIO, or any rank row by row). `nchw` and `oihw` are the
 * orders of ONNX; `blocked` is [N, C/b, H, W, b] with b the machine's block.
 */
export type Layout = 'plain' | 'nchw' | 'oihw' | 'blocked'

export interface Value {
  readonly shape: readonly number[]
  readonly dtype: DType
  layout: Layout
}

/** Paddings are pairs in a list; everything else is a single value or a flat list. */
export type Attribute =
  | number
  | string
  | boolean
  | null
  | undefined
  | readonly (number | string | boolean | null | readonly number[])[]

export type Attributes = Readonly<Record<string, Attribute>>

export interface GraphNode {
  readonly op: string
  readonly inputs: readonly Value[]
  readonly outputs: readonly Value[]
  /** As tfjs gave them: axes, paddings and shapes speak of the logical shape, whatever the layout. */
  readonly attributes: Attributes
  /** The tfjs function that recorded the kernel, for messages. */
  readonly source?: string
}

export type ConstantData = Float32Array | Int32Array | Uint8Array

export interface Graph {
  readonly inputs: ReadonlyMap<string, Value>
  readonly constants: ReadonlyMap<Value, ConstantData>
  readonly nodes: readonly GraphNode[]
  readonly outputs: ReadonlyMap<string, Value>
}

/** The number of elements of a shape. */
export function sizeOf(shape: readonly number[]): number {
  return shape.reduce((product, extent) => product * extent, 1)
}
