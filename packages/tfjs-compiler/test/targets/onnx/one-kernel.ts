/** One kernel run both ways: by tfjs's cpu backend, and lowered to ONNX. */
import '@tensorflow/tfjs-backend-cpu'
import * as tf from '@tensorflow/tfjs-core'
import type { Test } from 'tap'
import type { Attribute, DType } from '../../../src/graph/graph.js'
import { STANDARD, type Target } from '../../../src/targets/onnx/builder.js'
import { compileOnnx, type TypedValues } from '../../../src/targets/onnx/compile.js'
import type { Layout, PhysicalGraph, PhysicalNode, PhysicalValue } from '../../../src/targets/onnx/physical-graph.js'
import { probeTarget } from '../../../src/targets/onnx/target.js'

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
  readonly layout?: Layout
}

export function tensorValue({ shape, dtype = 'float32', layout = 'plain' }: Given): PhysicalValue {
  return { shape, dtype, layout }
}

export function valuesOf(given: Given, index: number): TypedValues {
  return (
    given.values ??
    randomValues(
      given.shape.reduce((a, b) => a * b, 1),
      index + 1,
    )
  )
}

/** A graph of one node; its inputs are `in0`, `in1`, …, its outputs `out0`, … */
export function oneNode(
  op: string,
  inputs: readonly Given[],
  attributes: Record<string, Attribute>,
  outputs: readonly PhysicalValue[],
): PhysicalGraph {
  const values = inputs.map(tensorValue)
  const node: PhysicalNode = { op, inputs: values, outputs, attributes }
  return graphOf(
    [node],
    Object.fromEntries(values.map((value, i) => [`in${i}`, value])),
    Object.fromEntries(outputs.map((value, i) => [`out${i}`, value])),
  )
}

export function graphOf(
  nodes: PhysicalNode[],
  inputs: Record<string, PhysicalValue>,
  outputs: Record<string, PhysicalValue>,
): PhysicalGraph {
  return {
    nodes,
    inputs: new Map(Object.entries(inputs)),
    outputs: new Map(Object.entries(outputs)),
    constants: new Map(),
  }
}

export const TARGETS: Promise<Readonly<Record<string, Target>>> = probeTarget().then(machine => ({
  standard: STANDARD,
  plain: { contrib: true, block: 0 },
  machine,
}))

/** Runs a graph in onnxruntime; images and filters go in and come out in tfjs's own order. */
export async function runGraph(
  graph: PhysicalGraph,
  inputs: Record<string, TypedValues>,
  target: Target,
): Promise<Record<string, TypedValues>> {
  const executable = await compileOnnx(graph, { target, threads: 1 })
  try {
    return await executable.step(inputs)
  } finally {
    await executable.close()
  }
}

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
 * Runs a tfjs kernel under its own backend and lowered, for every target, with its images in tfjs's order and in NCHW.
 * `inputs` in the order and under the names that tfjs has for the kernel.
 */
export async function compareKernel(
  test: Test,
  op: string,
  inputs: Record<string, Given>,
  attributes: Record<string, Attribute> = {},
  only?: readonly string[],
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
  for (const [name, target] of Object.entries(await TARGETS)) {
    if (only && !only.includes(name)) continue
    for (const layout of ['plain', 'nchw'] as const) {
      const laid = given.map(one => ({
        ...one,
        layout: one.layout ?? (one.shape.length === 4 && layout === 'nchw' ? layout : ('plain' as const)),
      }))
      if (layout === 'nchw' && laid.every(one => one.layout === 'plain')) continue
      const outputs = results.map(({ shape, dtype }) => ({ shape, dtype: dtype as DType, layout: 'plain' as const }))
      const graph = withLayouts(oneNode(op, given, attributes, outputs), laid)
      const found = await runGraph(graph, Object.fromEntries(data.map((values, i) => [`in${i}`, values])), target)
      for (const [i, expected] of results.entries())
        near(test, found[`out${i}`]!, expected.dataSync(), `${op} ${layout} ${name}`)
    }
  }
  tf.dispose([...Object.values(tensors), ...results])
}

/** Inputs that the caller gives in tfjs's order are put into their layout by a LayoutChange first. */
function withLayouts(graph: PhysicalGraph, laid: readonly Given[]): PhysicalGraph {
  const nodes: PhysicalNode[] = []
  const node = graph.nodes[0]!
  const changed = node.inputs.map((input, i) => {
    const layout = laid[i]!.layout ?? 'plain'
    if (layout === 'plain') return input
    const other: PhysicalValue = { ...input, layout }
    nodes.push({ op: 'LayoutChange', inputs: [input], outputs: [other], attributes: { from: 'plain', to: layout } })
    return other
  })
  return { ...graph, nodes: [...nodes, { ...node, inputs: changed }] }
}
