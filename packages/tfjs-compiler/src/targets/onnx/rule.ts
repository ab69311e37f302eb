/** What this target knows of a kernel: in which layouts it works, and how it is written in ONNX. */
import { UnsupportedKernel } from '../../executable.js'
import type { GraphNode, Value } from '../../graph/graph.js'
import type { FamilyRules } from '../../rule-table.js'
import type { AvailableOperators } from './available-operators.js'
import type { PhysicalNode, PhysicalValue } from './physical-graph.js'
import type { Writer } from './writer.js'

/**
 * Which layouts a kernel takes and gives; only tensors of rank 4 have any but tfjs's own.
 *
 *     plain            tfjs's own order
 *     follows          any one that all its tensors share
 *     reduces          any one that leaves the axes that remain in their order
 *     reshapes, fills  tfjs's own, or another where that is the same to the byte
 *     {inputs, output} images in NCHW, filters in OIHW
 */
export type LayoutRule =
  | 'plain'
  | 'follows'
  | 'reduces'
  | 'reshapes'
  | 'fills'
  | { readonly inputs: readonly ('image' | 'filter')[]; readonly output: 'image' | 'filter' }

/** Which of a node's images lie in blocks of channels, by index; those in NCHW that are not named stay or become NCHW. */
export interface Blocked {
  readonly inputs: readonly number[]
  /** The first output. */
  readonly output: boolean
}

/** What a rule is told that chooses. */
export interface BlockChoice {
  readonly operators: AvailableOperators
  /** Whether a value can lie in blocks: an image in NCHW whose channels fill them. */
  readonly can: (value: PhysicalValue) => boolean
  /** Whether a value lies in blocks already. */
  readonly is: (value: PhysicalValue) => boolean
}

export interface OnnxRule {
  readonly layout: LayoutRule
  /** Undefined, or a choice that says so, where the kernel works on NCHW only. */
  readonly blocks?: (node: PhysicalNode, choice: BlockChoice) => Blocked | undefined
  /** Where a factor per channel of dy, given as third input, can be taken into the filter. */
  readonly takesFactor?: (node: PhysicalNode) => boolean
  readonly write: Write
}

export type Write = (node: PhysicalNode, writer: Writer) => void

export type OnnxRules<Family> = FamilyRules<Family, OnnxRule>

/** A rule that knows its kernel, but not with these attributes. */
export function cannot(node: GraphNode, why: string): UnsupportedKernel {
  return new UnsupportedKernel({ kernel: node.op, source: node.source, target: 'onnx', why })
}

export const sameShape = (a: Value, b: Value): boolean =>
  a.shape.length === b.shape.length && a.shape.every((extent, axis) => extent === b.shape[axis])
