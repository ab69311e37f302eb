import type { OnnxModel, OnnxTensor } from '../model-file.js'

/** A Reshape of a constant becomes a constant: what changes weights below then finds them where they are used. */
export function foldConstantReshapes(model: OnnxModel): OnnxModel {
  const constants = new Map(model.initializers.map(tensor => [tensor.name, tensor]))
  const nodes = model.nodes.filter(({ op, inputs, outputs }) => {
    const [values, shape] = inputs.map(name => constants.get(name))
    if (op !== 'Reshape' || !values || !shape) return true
    constants.set(outputs[0]!, { ...values, name: outputs[0]!, shape: reshaped(values, shape) })
    return false
  })
  return { ...model, nodes, initializers: usedBy(nodes, constants) }
}

/** The constants that nodes read, in the order in which they are read first. */
export function usedBy(nodes: OnnxModel['nodes'], constants: ReadonlyMap<string, OnnxTensor>): OnnxTensor[] {
  const names = new Set(nodes.flatMap(({ inputs }) => inputs))
  return [...names].flatMap(name => constants.get(name) ?? [])
}

function reshaped({ shape }: OnnxTensor, { data }: OnnxTensor): number[] {
  const wanted = Array.from(data as BigInt64Array, Number)
  const known = wanted.filter(extent => extent !== -1).reduce((product, extent) => product * extent, 1)
  const size = shape.reduce((product, extent) => product * extent, 1)
  return wanted.map(extent => (extent === -1 ? size / known : extent))
}
