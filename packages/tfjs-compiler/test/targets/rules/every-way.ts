/** A kernel with several outputs, in every way that targets run it. */
import type { Attribute } from '../../../src/graph/graph.js'
import { type Given, graphOf, tensorValue, WAYS } from '../one-kernel.js'

export type Numbers = ArrayLike<number>

/** Runs one kernel with several outputs in every way; calls back with what came out. */
export async function everyWay(
  op: string,
  inputs: Record<string, Given & { values: Float32Array }>,
  outputs: Record<string, readonly number[]>,
  attributes: Record<string, Attribute>,
  check: (found: Record<string, Numbers>, way: string) => void,
) {
  const given = Object.fromEntries(Object.entries(inputs).map(([key, one]) => [key, tensorValue(one)]))
  const out = Object.fromEntries(Object.entries(outputs).map(([key, shape]) => [key, tensorValue({ shape })]))
  const node = { op, inputs: Object.values(given), outputs: Object.values(out), attributes }
  const feeds = Object.fromEntries(Object.entries(inputs).map(([key, one]) => [key, one.values]))
  const graph = graphOf([node], given, out)
  for (const [way, run] of Object.entries(await WAYS))
    check(await run(graph, feeds), `${op} [${node.inputs[0]!.shape}] ${way}`)
}

/** Whole images, images whose channels fill blocks, and rows. */
export const SHAPES = [
  [3, 5, 7, 4],
  [2, 4, 4, 8],
  [2, 7, 7, 16],
  [4, 8, 16, 3],
  [6, 10],
]

/** The sum of `length` terms, in float64. */
export function sum(length: number, term: (index: number) => number): number {
  let total = 0
  for (let index = 0; index < length; index++) total += term(index)
  return total
}
