/** The rules by family, the same families as in the table of kernels. */

import type { GraphNode } from '../../../graph/graph.js'
import { type RuleTable, ruleOf } from '../../../rule-table.js'
import type { PhysicalNode } from '../physical-graph.js'
import type { OnnxRule } from '../rule.js'
import { activationRules } from './activation.js'
import { collectiveRules } from './collective.js'
import { convolutionRules } from './convolution.js'
import { dropoutRules } from './dropout.js'
import { elementwiseRules } from './elementwise.js'
import { physicalRules } from './layout-change.js'
import { matmulRules } from './matmul.js'
import { movementRules } from './movement.js'
import { normalisationRules } from './normalisation.js'
import { poolingRules } from './pooling.js'
import { reductionRules } from './reduction.js'
import { updateRules } from './update.js'

export const ONNX_RULES: RuleTable<OnnxRule> = {
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

/** The rule for a node. @throws UnsupportedKernel where there is none */
export function onnxRule(node: GraphNode | PhysicalNode): OnnxRule {
  return Object.hasOwn(physicalRules, node.op) ? physicalRules[node.op]! : ruleOf(ONNX_RULES, node, 'onnx')
}
