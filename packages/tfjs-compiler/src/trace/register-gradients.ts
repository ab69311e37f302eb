/**
 * Gradients. In Node, tfjs-core alone registers none; importing tfjs-layers brings tfjs's own. Two of those multiply by a
 * dense tensor of ones as large as the input: here they broadcast instead, with the same result to the bit.
 */

import * as tf from '@tensorflow/tfjs-core'
import '@tensorflow/tfjs-layers'

function spread(dy: tf.Tensor, shape: number[], axes: number[]): tf.Tensor {
  const kept = tf.backend_util.expandShapeToKeepDim(
    shape.filter((_, axis) => !axes.includes(axis)),
    axes,
  )
  return tf.broadcastTo(tf.reshape(dy, kept), shape)
}

const axesOf = (attributes: tf.NamedAttrMap, shape: number[]) =>
  tf.util.parseAxisParam(attributes.axis as number[], shape)

tf.registerGradient({
  kernelName: 'Sum',
  inputsToSave: ['x'],
  gradFunc: (dy, [x], attributes) => ({ x: () => spread(dy as tf.Tensor, x!.shape, axesOf(attributes, x!.shape)) }),
})

tf.registerGradient({
  kernelName: 'Mean',
  inputsToSave: ['x'],
  gradFunc: (dy, [x], attributes) => {
    const axes = axesOf(attributes, x!.shape)
    const count = axes.reduce((product, axis) => product * x!.shape[axis]!, 1)
    return { x: () => spread(tf.div(dy as tf.Tensor, count), x!.shape, axes) }
  },
})
