/** The table of shape rules: kernel -> names of its inputs, types of its outputs. */

import type { Attributes } from '../graph/graph.js'
import { convolutionShapes } from './convolution.js'
import { elementwiseShapes } from './elementwise.js'
import { movementShapes } from './movement.js'
import { normalisationShapes } from './normalisation.js'
import { optimiserShapes } from './optimiser.js'
import { reductionShapes } from './reduction.js'
import type { ShapeRule, ShapeRules, TensorType } from './rule.js'

export type { ShapeRule, TensorType } from './rule.js'

export const SHAPE_RULES: ShapeRules = {
  ...convolutionShapes,
  ...normalisationShapes,
  ...elementwiseShapes,
  ...reductionShapes,
  ...movementShapes,
  ...optimiserShapes,
}

const named = (kernel: string, source?: string) => (source ? `${kernel} (recorded by tf.${source})` : kernel)

/** The rule of a kernel. Throws an error that names the kernel and the tfjs function it came from. */
export function shapeRule(kernel: string, source?: string): ShapeRule {
  const rule = Object.hasOwn(SHAPE_RULES, kernel) ? SHAPE_RULES[kernel] : undefined
  if (!rule) throw new Error(`no shape rule for kernel ${named(kernel, source)}`)
  return rule
}

/** The types of a kernel's outputs. Throws, naming kernel and source, where the inputs do not fit. */
export function inferOutputs(
  kernel: string,
  inputs: readonly TensorType[],
  attributes: Attributes,
  source?: string,
): TensorType[] {
  const rule = shapeRule(kernel, source)
  if (rule.inputs !== 'list' && rule.inputs.length !== inputs.length) {
    throw new Error(
      `${named(kernel, source)} takes ${rule.inputs.join(', ') || 'no input'}; found ${inputs.length} inputs`,
    )
  }
  try {
    return rule.outputs(attributes, ...inputs)
  } catch (error) {
    throw new Error(`${named(kernel, source)}: ${(error as Error).message}`, { cause: error })
  }
}
