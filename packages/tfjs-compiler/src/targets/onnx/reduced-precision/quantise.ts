/**
 * A model in int8, in the form that ONNX names QDQ: a tensor goes through QuantizeLinear and DequantizeLinear where it is to be int8, and
 * a runtime that has an int8 kernel for what stands between two such pairs takes it. What it has none for is computed in float32: the file
 * means the same everywhere.
 *
 *     x -> Q -> DQ -> Conv -> Q -> DQ -> …
 *     int8 filters, a scale a filter -> DQ -^
 *     int32 bias, scale of x times scale of the filter -> DQ -^
 *
 * Values are scale (q - zero), q from -128 to 127 (Jacob et al. 2018, arXiv:1712.05877, equation 1). Filters are symmetric, zero = 0.
 */
import type { OnnxModel, OnnxNode, OnnxTensor } from '../model-file.js'
import { usedBy } from './fold-constant-reshapes.js'

/** Least and greatest value of a tensor. */
export type ValueRange = readonly [least: number, greatest: number]

/** What is computed in int8: nearly all of a network's multiplications, and the sums that join its branches. */
const QUANTISED = new Set(['Conv', 'Gemm', 'Add'])

/** The tensors that pass in int8: what those nodes read and write, apart from constants. */
export function quantisedTensors(model: OnnxModel): string[] {
  const constants = new Set(model.initializers.map(({ name }) => name))
  const names = model.nodes
    .filter(({ op }) => QUANTISED.has(op))
    .flatMap(({ inputs, outputs }) => [...inputs, ...outputs])
  return [...new Set(names)].filter(name => !constants.has(name))
}

/**
 * @param ranges of quantisedTensors(model), as calibrate measures them
 */
export function quantise(model: OnnxModel, ranges: ReadonlyMap<string, ValueRange>): OnnxModel {
  const constants = new Map(model.initializers.map(tensor => [tensor.name, tensor]))
  const outputs = new Set(model.outputs.map(({ name }) => name))
  const steps = new Map([...ranges].map(([name, range]) => [name, stepOf(range)]))
  const nodes: OnnxNode[] = []
  const define = (tensor: OnnxTensor) => {
    constants.set(tensor.name, tensor)
    return tensor.name
  }
  const inInt8 = new Map<string, string>()
  const throughInt8 = (name: string) => {
    const step = steps.get(name)
    if (step === undefined || outputs.has(name)) return
    const scale = define({ name: `${name}/scale`, type: 'float32', shape: [], data: Float32Array.of(step.scale) })
    const zero = define({ name: `${name}/zero`, type: 'int8', shape: [], data: Int8Array.of(step.zero) })
    nodes.push(node('QuantizeLinear', [name, scale, zero], `${name}/int8`))
    nodes.push(node('DequantizeLinear', [`${name}/int8`, scale, zero], `${name}/from-int8`))
    inInt8.set(name, `${name}/from-int8`)
  }
  for (const { name } of model.inputs) throughInt8(name)
  for (const original of model.nodes) {
    const inputs = original.inputs.map(name => inInt8.get(name) ?? name)
    const weights = constants.get(original.inputs[1] ?? '')
    const step = steps.get(original.inputs[0]!)
    if (weights && step && ['Conv', 'Gemm'].includes(original.op)) {
      const axis = original.op === 'Gemm' && !original.attributes.transB ? 1 : 0
      const scales = scalesOf(weights, axis)
      inputs[1] = dequantised(inInt8Steps(weights, scales, axis), scales, axis)
      const bias = constants.get(original.inputs[2] ?? '')
      if (bias) inputs[2] = dequantised(...inInt32Steps(bias, scales, step.scale), 0)
    }
    nodes.push({ ...original, inputs })
    for (const name of original.outputs) throughInt8(name)
  }
  return { ...model, nodes, initializers: usedBy(nodes, constants) }

  function dequantised(values: OnnxTensor, scales: Float32Array, axis: number): string {
    const { name } = values
    const scale = define({ name: `${name}/scale`, type: 'float32', shape: [scales.length], data: scales })
    define(values)
    nodes.push(node('DequantizeLinear', [name, scale], `${name}/dequantised`, { axis }))
    return `${name}/dequantised`
  }
}

/** The step between two whole numbers, and the one that stands for 0: 0 itself is always exact. */
function stepOf([least, greatest]: ValueRange): { scale: number; zero: number } {
  const [low, high] = [Math.min(least, 0), Math.max(greatest, 0)]
  const scale = Math.fround((high - low) / 255) || 1
  return { scale, zero: Math.min(127, Math.max(-128, Math.round(-128 - low / scale))) }
}

/** For each place of the axis the step with which 127 is the largest weight there. */
function scalesOf({ data, shape }: OnnxTensor, axis: number): Float32Array {
  const largest = new Float32Array(shape[axis]!)
  forEachPlace(shape, axis, (i, place) => {
    largest[place] = Math.max(largest[place]!, Math.abs((data as Float32Array)[i]!))
  })
  return largest.map(value => value / 127 || 1)
}

function inInt8Steps({ name, data, shape }: OnnxTensor, scales: Float32Array, axis: number): OnnxTensor {
  const quantised = new Int8Array((data as Float32Array).length)
  forEachPlace(shape, axis, (i, place) => {
    quantised[i] = Math.min(127, Math.max(-127, Math.round((data as Float32Array)[i]! / scales[place]!)))
  })
  return { name: `${name}/int8`, type: 'int8', shape, data: quantised }
}

/** A bias in steps of the sums it is added to. */
function inInt32Steps(
  { name, data, shape }: OnnxTensor,
  scales: Float32Array,
  step: number,
): [OnnxTensor, Float32Array] {
  const products = scales.map(scale => scale * step)
  const most = 2 ** 31 - 1
  const quantised = Int32Array.from(data as Float32Array, (value, i) =>
    Math.min(most, Math.max(-most, Math.round(value / products[i]!))),
  )
  return [{ name: `${name}/int32`, type: 'int32', shape, data: quantised }, products]
}

function forEachPlace(shape: readonly number[], axis: number, visit: (i: number, place: number) => void): void {
  const inner = shape.slice(axis + 1).reduce((product, extent) => product * extent, 1)
  const size = shape.reduce((product, extent) => product * extent, 1)
  for (let i = 0; i < size; i++) visit(i, Math.floor(i / inner) % shape[axis]!)
}

function node(op: string, inputs: string[], output: string, attributes: OnnxNode['attributes'] = {}): OnnxNode {
  return { op, domain: '', inputs, outputs: [output], attributes }
}
