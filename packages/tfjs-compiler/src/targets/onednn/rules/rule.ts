import type { GraphNode } from '../../../graph/graph.js'
import type { Builder } from '../builder.js'

/** Writes the operations of one node, and says in which forms its outputs exist. */
export type Rule = (node: GraphNode, builder: Builder) => void
export type Rules = Readonly<Record<string, Rule>>
