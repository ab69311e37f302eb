/**
 * Lets images lie in blocks of channels, as onnxruntime's fast convolutions want them, wherever the kernel that makes an image
 * can write it so. Kernels that know NCHW only get it by a LayoutChange, and so does whatever leaves the graph.
 */

import type { AvailableOperators } from '../available-operators.js'
import { LayoutChanges, type PhysicalGraph, type PhysicalNode, type PhysicalValue } from '../physical-graph.js'
import type { Blocked } from '../rule.js'
import { onnxRule } from '../rules/index.js'

const NONE: Blocked = { inputs: [], output: false }

export function blockChannels(graph: PhysicalGraph, operators: AvailableOperators): PhysicalGraph {
  if (operators.block === 0) return graph
  const placed = new Map<PhysicalValue, PhysicalValue>()
  const changes = new LayoutChanges()
  const current = (value: PhysicalValue) => placed.get(value) ?? value
  const choice = {
    operators,
    can: ({ layout, shape }: PhysicalValue) => layout === 'nchw' && shape[3]! % operators.block === 0,
    is: (value: PhysicalValue) => changes.has(current(value), 'blocked'),
  }
  const obtain = (value: PhysicalValue, blocked: boolean) =>
    changes.obtain(current(value), blocked ? 'blocked' : value.layout)

  for (const node of graph.nodes) {
    const blocked = choiceOf(node, choice)
    const inputs = node.inputs.map((value, index) => obtain(value, blocked.inputs.includes(index)))
    const outputs = node.outputs.map((value, index): PhysicalValue => {
      if (index > 0 || !blocked.output) return value
      const inBlocks: PhysicalValue = { ...value, layout: 'blocked' }
      placed.set(value, inBlocks)
      return inBlocks
    })
    changes.nodes.push({ ...node, inputs, outputs })
  }
  const outputs = [...graph.outputs].map(([name, value]) => [name, obtain(value, false)] as const)
  return { ...graph, nodes: changes.nodes, outputs: new Map(outputs) }
}

function choiceOf(node: PhysicalNode, choice: Parameters<NonNullable<ReturnType<typeof onnxRule>['blocks']>>[1]) {
  return onnxRule(node).blocks?.(node, choice) ?? NONE
}
