/**
 * The typed graph: what a trace records, what passes clean, what targets lower.
 *
 *     graph   = named inputs, constants, nodes in an order of execution, named outputs
 *     node    = one kernel under tfjs's own name (`Conv2D`, `Add`, …) or one of the composite ops of `kernels/`
 *               (`BatchNorm`, `BatchNormGrad`, `PreluGrad`, `MomentumUpdate`, `MovingAverage`)
 *     value   = one tensor: its shape and type
 *
 * Shapes are those that tfjs knows: [batch, height, width, channels] for images, HWIO for filters. How a value lies in memory
 * is each target's own affair. Values are compared by identity; a value has exactly one producer (an input, a constant
 * or a node's output).
 */

export type DType = 'float32' | 'int32' | 'bool'

/** A tensor's shape, and the type of its elements. */
export interface TensorType {
  readonly shape: readonly number[]
  readonly dtype: DType
}

/** A tensor of the graph; two of the same type are two values. */
export interface Value extends TensorType {}

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
  /** As tfjs gave them: axes, paddings and shapes speak of the shapes above. */
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
  /**
   * Where the batch may have any size, the extent that stands for it. Extents that are a multiple of it hold the batch, and no
   * others do.
   */
  readonly batch?: number
}

/** The number of elements of a shape. */
export function sizeOf(shape: readonly number[]): number {
  return shape.reduce((product, extent) => product * extent, 1)
}
