/** The rules of all families: kernel to operations. */
import { UnsupportedKernel } from '../../../executable.js'
import type { GraphNode } from '../../../graph/graph.js'
import type { Builder } from '../builder.js'
import { activationRules } from './activation.js'
import { convolutionRules } from './convolution.js'
import { elementwiseRules } from './elementwise.js'
import { matmulRules } from './matmul.js'
import { movementRules } from './movement.js'
import { normalisationRules } from './normalisation.js'
import { poolingRules } from './pooling.js'
import { reductionRules } from './reduction.js'
import type { Rules } from './rule.js'
import { updateRules } from './update.js'

export const RULES: Rules = {
  ...convolutionRules,
  ...poolingRules,
  ...matmulRules,
  ...activationRules,
  ...normalisationRules,
  ...elementwiseRules,
  ...reductionRules,
  ...movementRules,
  ...updateRules,
}

/** Writes the operations of one node. @throws UnsupportedKernel */
export function lowerNode(b: Builder, node: GraphNode): void {
  const rule = Object.hasOwn(RULES, node.op) ? RULES[node.op] : undefined
  if (!rule)
    throw new UnsupportedKernel({
      kernel: node.op,
      target: 'onednn',
      ...(node.source === undefined ? {} : { source: node.source }),
    })
  b.current = node.op
  rule(node, b)
}
