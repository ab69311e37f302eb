/** Poolings and their gradients, in NCHW. */
import { sizeOf } from '../../../graph/graph.js'
import type { poolingKernels } from '../../../kernels/pooling.js'
import { poolWindow } from '../../../window.js'
import type { PhysicalValue } from '../physical-graph.js'
import type { OnnxRules, Write } from '../rule.js'
import { convAttributes, outputPadding, poolAttributes } from '../window-attributes.js'

const maxPool: Write = (node, b) => {
  const x = node.inputs[0]!
  b.set(node.outputs[0]!, b.op('MaxPool', [b.get(x)], poolAttributes(poolWindow(node, x.shape))))
}

/** Padding does not count: the mean is over what of the window lies in the image. */
const avgPool: Write = (node, b) => {
  const x = node.inputs[0]!
  const attributes = { ...poolAttributes(poolWindow(node, x.shape)), count_include_pad: 0 }
  b.set(node.outputs[0]!, b.op('AveragePool', [b.get(x)], attributes))
}

/** dy added where the maximum was: the first of equals in row order, in tfjs as in onnxruntime. */
const maxPoolGrad: Write = (node, b) => {
  const [dy, x] = node.inputs as [PhysicalValue, PhysicalValue]
  const size = sizeOf(x.shape)
  const [n, height, width, channels] = x.shape as [number, number, number, number]
  const places = b.operator('', 'MaxPool', [b.get(x)], poolAttributes(poolWindow(node, x.shape)), 2)[1]!
  const zeros = b.op('Expand', [b.scalar('float32', 0), b.int64(b.fixed([size]))])
  const [where, what] = [places, b.get(dy)].map(name => b.reshape(name, [sizeOf(dy.shape)]))
  const scattered = b.op('ScatterElements', [zeros, where!, what!], { axis: 0, reduction: 'add' })
  b.set(node.outputs[0]!, b.reshape(scattered, [n, channels, height, width]))
}

/** dy spread evenly over the window; as tfjs has it, also over what lies in the padding. */
const avgPoolGrad: Write = (node, b) => {
  const [dy, x] = node.inputs as [PhysicalValue, PhysicalValue]
  const window = poolWindow(node, x.shape)
  const [kh, kw] = window.kernel
  const channels = x.shape[3]!
  const share = b.op('Expand', [b.scalar('float32', 1 / (kh * kw)), b.int64([channels, 1, kh, kw])])
  const attributes = { ...convAttributes(window, channels), output_padding: outputPadding(window) }
  b.set(node.outputs[0]!, b.op('ConvTranspose', [b.get(dy), share], attributes))
}

export const poolingRules: OnnxRules<typeof poolingKernels> = {
  AvgPool: { layout: { inputs: ['image'], output: 'image' }, write: avgPool },
  AvgPoolGrad: { layout: { inputs: ['image', 'image'], output: 'image' }, write: avgPoolGrad },
  MaxPool: { layout: { inputs: ['image'], output: 'image' }, write: maxPool },
  MaxPoolGrad: { layout: { inputs: ['image', 'image', 'image'], output: 'image' }, write: maxPoolGrad },
}
