/** A target's table of rules over the kernels: total, so that a kernel without a rule is either a type error or said in words. */

import { UnsupportedKernel } from './executable.js'
import type { GraphNode } from './graph/graph.js'
import { isKernel, KERNELS, type KernelName } from './kernels/index.js'

/** Why a target has no rule for a kernel. */
export interface Unsupported {
  readonly unsupported: string
}

export const unsupported = (why: string): Unsupported => ({ unsupported: why })

/** The rules for one family, `FamilyRules<typeof poolingKernels, Rule>`. */
export type FamilyRules<Family, Rule> = Readonly<Record<keyof Family, Rule | Unsupported>>

/** The rules for all kernels. */
export type RuleTable<Rule> = Readonly<Record<KernelName, Rule | Unsupported>>

/** A table of a few rules: all other kernels are unsupported. */
export function onlyRules<Rule>(rules: Readonly<Partial<Record<KernelName, Rule>>>): RuleTable<Rule> {
  const missing = unsupported(`it knows ${Object.keys(rules).join(', ')}`)
  const names = Object.keys(KERNELS) as KernelName[]
  return Object.fromEntries(names.map(name => [name, rules[name] ?? missing])) as RuleTable<Rule>
}

/** The rule for a node's kernel. @throws UnsupportedKernel where there is none */
export function ruleOf<Rule extends object>(table: RuleTable<Rule>, node: GraphNode, target: string): Rule {
  const { op: kernel, source } = node
  const rule = isKernel(kernel) ? table[kernel] : unsupported('no such kernel is known')
  if ('unsupported' in rule) throw new UnsupportedKernel({ kernel, source, target, why: rule.unsupported })
  return rule
}
