// Stands in for tfjs-node's addon in prove-engine.test.ts: the same calls, computed by TensorFlow.js itself. WRONG_OP names an
// operation of which one number comes out wrong.
const tf = require('@tensorflow/tfjs-core')
require('@tensorflow/tfjs-backend-cpu')

const TF_FLOAT = 1
const tensors = []

function outputsOf(name, attributes, [a, b, c]) {
  const { strides, padding, data_format: dataFormat, epsilon } = attributes
  if (name === 'MatMul') return [tf.matMul(a, b)]
  if (name === 'Conv2D') return [tf.conv2d(a, b, strides.slice(1, 3), padding.toLowerCase(), dataFormat)]
  const { mean, variance } = tf.moments(a, [0, 1, 2])
  return [tf.batchNorm(a, mean, variance, c, b, epsilon)]
}

module.exports = {
  TF_Version: '0.0 made',
  TF_FLOAT,
  TF_ATTR_BOOL: 'bool',
  TF_ATTR_FLOAT: 'float',
  TF_ATTR_INT: 'int',
  TF_ATTR_STRING: 'string',
  TF_ATTR_TYPE: 'type',
  isUsingGpuDevice: () => false,
  createTensor: (shape, _type, values) => tensors.push(tf.tensor(values, shape)) - 1,
  deleteTensor: id => tensors[id].dispose(),
  tensorDataSync: id => tensors[id].dataSync(),
  executeOp(name, list, inputs, outputs) {
    const attributes = Object.fromEntries(list.map(({ name, value }) => [name, value]))
    const operands = inputs.map(id => tensors[id])
    const made = outputsOf(name, attributes, operands)
    if (name === process.env.WRONG_OP) made[0].dataSync()[1] += 0.01
    return Array.from({ length: outputs }, (_, i) => ({ id: tensors.push(made[i] ?? tf.zeros([0])) - 1 }))
  },
}
