/** One kernel run by tfjs's cpu backend, and as every target lowers it. */
import '@tensorflow/tfjs-backend-cpu'
import * as tf from '@tensorflow/tfjs-core'
import { loadLibrary, setThreads } from '@tiny-face/onednn-session'
import type { Test } from 'tap'
import type { Attribute, DType, Graph, GraphNode, Value } from '../../src/graph/graph.js'
import { type TypedValues, UnsupportedKernel } from '../../src/index.js'
import { buildStep } from '../../src/targets/onednn/build-step.js'
import { onednnLibrary } from './onednn/onednn-library.js'
import { IMAGE_LAYOUTS, OPERATOR_SETS, runGraph } from './onnx/run-graph.js'

/** Numbers between -1 and 1, the same in every run. */
export function randomValues(count: number, seed = 1): Float32Array {
  let state = seed * 2654435761
  return Float32Array.from({ length: count }, () => {
    state = (Math.imul(state, 1664525) + 1013904223) >>> 0
    return (state / 2 ** 31 - 1) * 0.999
  })
}

export interface Given {
  readonly name?: string
  readonly shape: readonly number[]
  readonly values?: TypedValues
  readonly dtype?: DType
}

export const count = (shape: readonly number[]) => shape.reduce((a, b) => a * b, 1)

export function tensorValue({ shape, dtype = 'float32' }: Given): Value {
  return { shape, dtype }
}

export function valuesOf(given: Given, index: number): TypedValues {
  return given.values ?? randomValues(count(given.shape), index + 1)
}

/** A graph of one node; its inputs are `in0`, `in1`, …, its outputs `out0`, … */
export function oneNode(
  op: string,
  inputs: readonly Given[],
  attributes: Record<string, Attribute>,
  outputs: readonly Value[],
): Graph {
  const values = inputs.map(tensorValue)
  const node: GraphNode = { op, inputs: values, outputs, attributes }
  return graphOf(
    [node],
    Object.fromEntries(values.map((value, i) => [`in${i}`, value])),
    Object.fromEntries(outputs.map((value, i) => [`out${i}`, value])),
  )
}

export function graphOf(nodes: GraphNode[], inputs: Record<string, Value>, outputs: Record<string, Value>): Graph {
  return {
    nodes,
    inputs: new Map(Object.entries(inputs)),
    outputs: new Map(Object.entries(outputs)),
    constants: new Map(),
  }
}

/** Runs a graph; its inputs and outputs by name. */
export type RunGraph = (graph: Graph, inputs: Record<string, TypedValues>) => Promise<Record<string, TypedValues>>

/** Every way in which a target runs a graph: ONNX with each set of operators, images in either layout; oneDNN in either layout and number of threads. */
export const WAYS: Promise<Readonly<Record<string, RunGraph>>> = OPERATOR_SETS.then(sets => {
  const ways: Record<string, RunGraph> = {}
  for (const [name, operators] of Object.entries(sets))
    for (const layout of IMAGE_LAYOUTS)
      ways[`onnx, ${name}, ${layout}`] = (graph, inputs) => runGraph(graph, inputs, operators, layout)
  if (onednnLibrary === undefined) return ways
  for (const image of ['acdb', 'aBcd16b', 'aBcd8b'] as const)
    for (const threads of [1, 2])
      ways[`onednn, ${image}, threads: ${threads}`] = async (graph, inputs) => {
        const library = loadLibrary(onednnLibrary!)
        setThreads(library, threads)
        const plan = { graph, state: new Map<string, string>(), constants: [] }
        const step = buildStep(library, { imageLayout: image, precision: 'f32' }, plan)
        try {
          return step.run(inputs)
        } finally {
          step.close()
        }
      }
  return ways
})

/** Fails unless |found - expected| <= tolerance (largest |expected|, at least `floor`). */
export function near(
  test: Test,
  found: ArrayLike<number>,
  expected: ArrayLike<number>,
  message: string,
  tolerance = 1e-5,
): void {
  let scale = 1e-3
  for (let i = 0; i < expected.length; i++)
    if (Number.isFinite(expected[i])) scale = Math.max(scale, Math.abs(expected[i]!))
  let worst = found.length === expected.length ? 0 : Number.POSITIVE_INFINITY
  for (let i = 0; i < expected.length; i++) {
    if (Object.is(found[i], expected[i]) || (Number.isNaN(found[i]) && Number.isNaN(expected[i]))) continue
    const difference = Math.abs(found[i]! - expected[i]!)
    worst = Math.max(worst, Number.isNaN(difference) ? Number.POSITIVE_INFINITY : difference / scale)
  }
  test.ok(worst <= tolerance, `${message}: off by ${worst.toExponential(1)}`)
}

/**
 * Runs a tfjs kernel under its own backend, and in every way; a target that says it has no rule for the kernel is left out.
 * `inputs` in the order and under the names that tfjs has for the kernel.
 */
export async function compareKernel(
  test: Test,
  op: string,
  inputs: Record<string, Given>,
  attributes: Record<string, Attribute> = {},
): Promise<void> {
  await tf.setBackend('cpu')
  const given = Object.values(inputs)
  const data = given.map(valuesOf)
  const tensors = Object.fromEntries(
    Object.keys(inputs).map((name, i) => [
      name,
      tf.tensor(data[i]!, [...given[i]!.shape], given[i]!.dtype ?? 'float32'),
    ]),
  )
  const result = tf.engine().runKernel(op, tensors, attributes as tf.NamedAttrMap)
  const results = (Array.isArray(result) ? result : [result]) as tf.Tensor[]
  const outputs = results.map(({ shape, dtype }) => ({ shape, dtype: dtype as DType }))
  const graph = oneNode(op, given, attributes, outputs)
  const feeds = Object.fromEntries(data.map((values, i) => [`in${i}`, values]))
  let compared = 0
  for (const [way, run] of Object.entries(await WAYS)) {
    const found = await run(graph, feeds).catch(error => {
      if (!(error instanceof UnsupportedKernel)) throw error
      test.comment(error.message)
    })
    if (!found) continue
    compared++
    for (const [i, expected] of results.entries()) near(test, found[`out${i}`]!, expected.dataSync(), `${op} ${way}`)
  }
  test.ok(compared > 0, `${op}: a target has a rule`)
  tf.dispose([...Object.values(tensors), ...results])
}
