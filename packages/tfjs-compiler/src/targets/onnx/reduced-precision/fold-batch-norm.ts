import type { OnnxModel, OnnxNode, OnnxTensor } from '../model-file.js'
import { usedBy } from './fold-constant-reshapes.js'

/**
 * A batch norm right behind a convolution becomes part of it (Jacob et al. 2018, arXiv:1712.05877, section 3.2): with
 * factor = scale / sqrt(variance + epsilon), the filters are multiplied by it and the bias is offset - mean factor. In few bits a filter and
 * the range behind it are then what the network really computes with.
 */
export function foldBatchNorm(model: OnnxModel): OnnxModel {
  const constants = new Map(model.initializers.map(tensor => [tensor.name, tensor]))
  const readers = new Map<string, number>()
  for (const { inputs } of model.nodes) for (const name of inputs) readers.set(name, (readers.get(name) ?? 0) + 1)
  const makers = new Map(model.nodes.map(node => [node.outputs[0]!, node]))
  const folded = new Map<OnnxNode, OnnxNode>()
  for (const norm of model.nodes.filter(({ op }) => op === 'BatchNormalization')) {
    const convolution = makers.get(norm.inputs[0]!)
    if (convolution?.op !== 'Conv' || readers.get(norm.inputs[0]!) !== 1) continue
    const filters = constants.get(convolution.inputs[1]!)
    const parameters = norm.inputs.slice(1).map(name => constants.get(name)?.data as Float32Array | undefined)
    if (!filters || convolution.inputs.length > 2 || parameters.includes(undefined)) continue
    const [scale, offset, mean, variance] = parameters as [Float32Array, Float32Array, Float32Array, Float32Array]
    const { float: epsilon } = norm.attributes.epsilon as { float: number }
    const factors = Float64Array.from(scale, (value, channel) => value / Math.sqrt(variance[channel]! + epsilon))
    const names = { weights: `${filters.name}/folded`, bias: `${filters.name}/bias` }
    constants.set(names.weights, { ...filters, name: names.weights, data: timesFactors(filters, factors) })
    const bias = Float32Array.from(offset, (value, channel) => value - mean[channel]! * factors[channel]!)
    constants.set(names.bias, { name: names.bias, type: 'float32', shape: [bias.length], data: bias })
    folded.set(convolution, {
      ...convolution,
      inputs: [convolution.inputs[0]!, names.weights, names.bias],
      outputs: norm.outputs,
    })
    folded.set(norm, norm)
  }
  const nodes = model.nodes.flatMap(node => {
    const inPlace = folded.get(node)
    return inPlace === undefined ? node : inPlace === node ? [] : inPlace
  })
  return { ...model, nodes, initializers: usedBy(nodes, constants) }
}

/** Filters [filters, …] times one factor a filter. */
function timesFactors({ data, shape }: OnnxTensor, factors: Float64Array): Float32Array {
  const size = shape.slice(1).reduce((product, extent) => product * extent, 1)
  return Float32Array.from(data as Float32Array, (value, i) => value * factors[Math.floor(i / size)]!)
}
