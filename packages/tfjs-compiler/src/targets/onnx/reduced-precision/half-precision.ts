import { toFloat16 } from '@tiny-face/onnx-session'

import { ELEMENT_TYPES, type OnnxModel, type OnnxNode, type OnnxTensor } from '../model-file.js'

/**
 * The model in float16: half the size, and what GPUs and phones compute fastest. Its input and outputs stay float32, so that it is used as
 * before. A weight beyond float16's range, 65504, becomes the largest there is.
 */
export function halfPrecision(model: OnnxModel): OnnxModel {
  const rename = new Map<string, string>()
  const before = model.inputs.map(({ name }) => {
    rename.set(name, `${name}/half`)
    return cast(name, `${name}/half`, 'float16')
  })
  const after = model.outputs.map(({ name }) => {
    rename.set(name, `${name}/half`)
    return cast(`${name}/half`, name, 'float32')
  })
  const renamed = (name: string) => rename.get(name) ?? name
  const nodes = model.nodes.map(node => ({
    ...node,
    inputs: node.inputs.map(renamed),
    outputs: node.outputs.map(renamed),
  }))
  return { ...model, nodes: [...before, ...nodes, ...after], initializers: model.initializers.map(inHalf) }
}

function inHalf(tensor: OnnxTensor): OnnxTensor {
  if (tensor.type !== 'float32') return tensor
  const most = 65504
  const within = Float32Array.from(tensor.data as Float32Array, value => Math.min(Math.max(value, -most), most))
  return { ...tensor, type: 'float16', data: toFloat16(within) }
}

function cast(from: string, to: string, type: 'float16' | 'float32'): OnnxNode {
  return { op: 'Cast', domain: '', inputs: [from], outputs: [to], attributes: { to: ELEMENT_TYPES[type] } }
}
