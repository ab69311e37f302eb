/** The rules by family, the same families as in the table of kernels. */
import type { GraphNode } from '../../../graph/graph.js'
import { type RuleTable, ruleOf } from '../../../rule-table.js'
import type { Builder } from '../builder.js'
import { isEpilogue } from '../passes/fuse-convolution-epilogue.js'
import { activationRules, fusedActivationRules } from './activation.js'
import { collectiveRules } from './collective.js'
import { convolutionRules } from './convolution.js'
import { dropoutRules } from './dropout.js'
import { elementwiseRules, fusedElementwiseRules } from './elementwise.js'
import { lowerEpilogue } from './epilogue.js'
import { fusedMatmulRules, matmulRules } from './matmul.js'
import { movementRules } from './movement.js'
import { fusedNormalisationRules, normalisationRules } from './normalisation.js'
import { poolingRules } from './pooling.js'
import { reductionRules } from './reduction.js'
import type { Rule, Rules } from './rule.js'
import { updateRules } from './update.js'

export const ONEDNN_RULES: RuleTable<Rule> = {
  ...convolutionRules,
  ...poolingRules,
  ...matmulRules,
  ...activationRules,
  ...dropoutRules,
  ...normalisationRules,
  ...elementwiseRules,
  ...reductionRules,
  ...movementRules,
  ...updateRules,
  ...collectiveRules,
}

/** Kernels that this target's passes make. */
const FUSED_RULES: Rules = {
  ...fusedActivationRules,
  ...fusedElementwiseRules,
  ...fusedMatmulRules,
  ...fusedNormalisationRules,
}

/** Writes the operations of one node. @throws UnsupportedKernel */
export function lowerNode(b: Builder, node: GraphNode): void {
  if (isEpilogue(node)) {
    b.current = node.op
    if (!lowerEpilogue(b, node)) for (const part of node.parts) lowerNode(b, part)
    return
  }
  const rule = Object.hasOwn(FUSED_RULES, node.op) ? FUSED_RULES[node.op]! : ruleOf(ONEDNN_RULES, node, 'onednn')
  b.current = node.op
  rule(node, b)
}
