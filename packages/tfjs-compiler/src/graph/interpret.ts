/** The interpreter: runs a graph kernel by kernel on the current eager backend. It is the reference for every target. */

import * as tf from '@tensorflow/tfjs-core'
import { runKernel } from '../kernels/composite-op.js'
import { kernelOf } from '../kernels/index.js'
import type { Graph, GraphNode, Value } from './graph.js'

/**
 * @param inputs one tensor of the right shape and type for every input of the graph; they stay the caller's
 * @returns the graph's outputs, which the caller disposes
 */
export function interpret(graph: Graph, inputs: Record<string, tf.Tensor>): Record<string, tf.Tensor> {
  return tf.tidy(() => {
    const tensors = new Map<Value, tf.Tensor>()
    for (const [name, value] of graph.inputs) tensors.set(value, tf.clone(checkedInput(name, value, inputs[name])))
    for (const [value, data] of graph.constants) tensors.set(value, tf.tensor(data, [...value.shape], value.dtype))
    const lastUses = findLastUses(graph)
    for (const node of graph.nodes) {
      const outputs = runNode(
        node,
        node.inputs.map(value => tensors.get(value)!),
      )
      for (const [index, value] of node.outputs.entries()) tensors.set(value, outputs[index]!)
      for (const value of lastUses.get(node) ?? []) tensors.get(value)!.dispose()
    }
    return Object.fromEntries([...graph.outputs].map(([name, value]) => [name, tf.clone(tensors.get(value)!)]))
  })
}

function checkedInput(name: string, value: Value, tensor: tf.Tensor | undefined): tf.Tensor {
  const expected = `${value.dtype}[${value.shape}]`
  const found = tensor ? `${tensor.dtype}[${tensor.shape}]` : 'nothing'
  if (found !== expected) throw new Error(`input ${name}: expected ${expected}, found ${found}`)
  return tensor!
}

function runNode(node: GraphNode, inputs: tf.Tensor[]): tf.Tensor[] {
  const { inputs: names } = kernelOf(node.op, node.source)
  const named = names === 'list' ? inputs : Object.fromEntries(names.map((name, index) => [name, inputs[index]!]))
  return runKernel(node.op, named, node.attributes)
}

/** What can be disposed after each node: values that no later node and no output needs. */
function findLastUses(graph: Graph): Map<GraphNode, Value[]> {
  const needed = new Set(graph.outputs.values())
  const lastUses = new Map<GraphNode, Value[]>()
  for (const node of graph.nodes.toReversed()) {
    const ends = [...new Set([...node.inputs, ...node.outputs])].filter(value => !needed.has(value))
    lastUses.set(node, ends)
    for (const value of ends) needed.add(value)
  }
  return lastUses
}
