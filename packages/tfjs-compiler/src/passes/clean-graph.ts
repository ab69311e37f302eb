import type { Graph } from '../graph/graph.js'
import { foldConstants } from './fold-constants.js'
import { mergeCommonSubexpressions } from './merge-common-subexpressions.js'
import { removeDeadCode } from './remove-dead-code.js'
import { removeIdentities } from './remove-identities.js'

/** The passes every target wants. What the graph computes stays the same to the bit. */
export function cleanGraph(graph: Graph): Graph {
  return [removeDeadCode, foldConstants, removeIdentities, mergeCommonSubexpressions, removeDeadCode].reduce(
    (cleaned, pass) => pass(cleaned),
    graph,
  )
}
