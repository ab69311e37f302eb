/** Poolings and their gradients, in NCHW. */
import { sizeOf } from '../../graph/graph.js'
import { poolWindow } from '../../window.js'
import type { Rule, Rules } from './builder.js'
import type { PhysicalValue } from './physical-graph.js'
import { convAttributes, outputPadding, poolAttributes } from './window-attributes.js'

const maxPool: Rule = (node, b) => {
  const x = node.inputs[0]!
  b.set(node.outputs[0]!, b.op('MaxPool', [b.get(x, 'nchw')], poolAttributes(poolWindow(node, x.shape))), 'nchw')
}

/** Padding does not count: the mean is over what of the window lies in the image. */
const avgPool: Rule = (node, b) => {
  const x = node.inputs[0]!
  const attributes = { ...poolAttributes(poolWindow(node, x.shape)), count_include_pad: 0 }
  b.set(node.outputs[0]!, b.op('AveragePool', [b.get(x, 'nchw')], attributes), 'nchw')
}

/** dy added where the maximum was: the first of equals in row order, in tfjs as in onnxruntime. */
const maxPoolGrad: Rule = (node, b) => {
  const [dy, x] = node.inputs as [PhysicalValue, PhysicalValue]
  const size = sizeOf(x.shape)
  const [n, height, width, channels] = x.shape as [number, number, number, number]
  const places = b.operator('', 'MaxPool', [b.get(x, 'nchw')], poolAttributes(poolWindow(node, x.shape)), 2)[1]!
  const zeros = b.op('Expand', [b.scalar('float32', 0), b.int64(b.fixed([size]))])
  const scattered = b.op(
    'ScatterElements',
    [zeros, b.reshape(places, [sizeOf(dy.shape)]), b.reshape(b.get(dy, 'nchw'), [sizeOf(dy.shape)])],
    {
      axis: 0,
      reduction: 'add',
    },
  )
  b.set(node.outputs[0]!, b.reshape(scattered, [n, channels, height, width]), 'nchw')
}

/** dy spread evenly over the window; as tfjs has it, also over what lies in the padding. */
const avgPoolGrad: Rule = (node, b) => {
  const [dy, x] = node.inputs as [PhysicalValue, PhysicalValue]
  const window = poolWindow(node, x.shape)
  const [kh, kw] = window.kernel
  const channels = x.shape[3]!
  const share = b.op('Expand', [b.scalar('float32', 1 / (kh * kw)), b.int64([channels, 1, kh, kw])])
  const attributes = { ...convAttributes(window, channels), output_padding: outputPadding(window) }
  b.set(node.outputs[0]!, b.op('ConvTranspose', [b.get(dy, 'nchw'), share], attributes), 'nchw')
}

export const poolingRules: Rules = {
  AvgPool: avgPool,
  AvgPoolGrad: avgPoolGrad,
  MaxPool: maxPool,
  MaxPoolGrad: maxPoolGrad,
}
