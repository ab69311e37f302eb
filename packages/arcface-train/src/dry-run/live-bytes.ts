import { type Graph, sizeOf, type Value } from '@tiny-face/tfjs-compiler'

/** Every type of a graph takes as many; bool takes fewer, and is rare. */
const BYTES = 4

/**
 * The most bytes that a graph's intermediate values take at once, where each is freed after its last use and computed in the graph's
 * order; inputs, constants and outputs are not counted, for they are there before or after.
 */
export function liveBytes({ nodes, outputs }: Graph): number {
  const kept = new Set<Value>(outputs.values())
  const lastUse = new Map<Value, number>()
  for (const [i, { inputs }] of nodes.entries()) for (const value of inputs) lastUse.set(value, i)
  const produced = new Set<Value>()
  let [live, most] = [0, 0]
  for (const [i, node] of nodes.entries()) {
    for (const value of node.outputs) {
      if (kept.has(value)) continue
      produced.add(value)
      live += BYTES * sizeOf(value.shape)
    }
    most = Math.max(most, live)
    for (const value of new Set([...node.inputs, ...node.outputs])) {
      if (!produced.has(value) || (lastUse.get(value) ?? i) > i) continue
      produced.delete(value)
      live -= BYTES * sizeOf(value.shape)
    }
  }
  return most
}
