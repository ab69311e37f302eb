import * as tf from '@tensorflow/tfjs-core'
import t from 'tap'
import { checkGraph, cleanGraph, interpret, printGraph, trace } from '../../../../src/index.js'
import { stepOfRelu } from '../../../../src/targets/onnx/passes/step-of-relu.js'
import { type Network, randomInputs, valuesOf } from '../../../networks.js'

const run: Network = ({ x }) => ({ dx: tf.grad(x => tf.sum(tf.square(tf.relu(tf.square(x)))))(x!) })

t.test('before and after: the slope is taken from the result', async t => {
  const graph = cleanGraph(trace(run, { x: { shape: [2, 3], dtype: 'float32' } }))
  t.equal(
    printGraph(graph),
    `input x:f32[2,3]
a:f32[2,3] = Square(x)
b:f32[2,3] = Relu(a)
c:f32[2,3] = Multiply(b, 2)
d:f32[2,3] = Step(a) {alpha: 0}
e:f32[2,3] = Multiply(c, d)
f:f32[2,3] = Multiply(x, 2)
g:f32[2,3] = Multiply(e, f)
output dx = g`,
  )
  const after = stepOfRelu(graph)
  t.equal(printGraph(after), printGraph(graph).replace('Step(a)', 'Step(b)'))
  checkGraph(after)
  const inputs = randomInputs({ x: [2, 3] })
  t.same(valuesOf(interpret(after, inputs)), valuesOf(interpret(graph, inputs)))
})
