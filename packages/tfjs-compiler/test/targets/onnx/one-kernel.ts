/** One kernel run both ways: by tfjs's cpu backend, and lowered to ONNX. */
import '@tensorflow/tfjs-backend-cpu'
import * as tf from '@tensorflow/tfjs-core'
import { openSession, type TypedTensor } from '@tiny-face/onnx-session'
import type { Test } from 'tap'
import type { Attribute, DType, Graph, GraphNode, Value } from '../../../src/graph/graph.js'
import type { TypedValues } from '../../../src/index.js'
import { permute } from '../../../src/permute.js'
import { lower, outputName } from '../../../src/targets/onnx/lower.js'
import { type Machine, probeMachine, STANDARD } from '../../../src/targets/onnx/machine.js'
import { encodeModel } from '../../../src/targets/onnx/model.js'
import { type Layout, layoutOrder } from '../../../src/targets/onnx/physical-graph.js'

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

export const MACHINES: Promise<Readonly<Record<string, Machine>>> = probeMachine().then(machine => ({
  standard: STANDARD,
  plain: { contrib: true, block: 0 },
  machine,
}))

/** In which layout images come; kernels then work in it, or change it. */
export const IMAGE_LAYOUTS = ['plain', 'nchw'] as const satisfies Layout[]

/** Runs a graph in onnxruntime. Images and filters go in and come out in tfjs's own order, whatever the model wants. */
export async function runGraph(
  graph: Graph,
  inputs: Record<string, TypedValues>,
  machine: Machine,
  images: Layout = 'plain',
): Promise<Record<string, TypedValues>> {
  const layoutOf = (value: Value) => (value.shape.length === 4 ? images : 'plain')
  const inputLayouts = Object.fromEntries([...graph.inputs].map(([name, value]) => [name, layoutOf(value)]))
  const { model } = lower(graph, { machine, inputLayouts })
  const session = await openSession(encodeModel(model), { optimization: 'basic', threads: 1 })
  try {
    const feeds = [...graph.inputs].map(([name, value]): [string, TypedTensor] => {
      const order = layoutOrder(layoutOf(value), value.shape.length)
      const data = permute(inputs[name]!, value.shape, order) as TypedTensor['data']
      return [name, { dtype: value.dtype, shape: order.map(axis => value.shape[axis]!), data }]
    })
    const results = await session.run(Object.fromEntries(feeds))
    return Object.fromEntries(
      [...graph.outputs.keys()].map(name => [name, results[outputName(graph, name)]!.data as TypedValues]),
    )
  } finally {
    await session.close()
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
 * Runs a tfjs kernel under its own backend and lowered, for every machine, with its images in tfjs's order and in NCHW.
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
  for (const [name, machine] of Object.entries(await MACHINES))
    for (const layout of IMAGE_LAYOUTS) {
      if (layout === 'nchw' && given.every(({ shape }) => shape.length !== 4)) continue
      const found = await runGraph(graph, feeds, machine, layout)
      for (const [i, expected] of results.entries())
        near(test, found[`out${i}`]!, expected.dataSync(), `${op} ${layout} ${name}`)
    }
  tf.dispose([...Object.values(tensors), ...results])
}
