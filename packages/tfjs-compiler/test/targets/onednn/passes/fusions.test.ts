import * as tf from '@tensorflow/tfjs-core'
import t from 'tap'
import { batchNormTraining, checkGraph, cleanGraph, type Graph, printGraph, trace } from '../../../../src/index.js'
import { removeDeadCode } from '../../../../src/passes/remove-dead-code.js'
import { fuseAddRelu } from '../../../../src/targets/onednn/passes/fuse-add-relu.js'
import { fuseBatchNormRelu } from '../../../../src/targets/onednn/passes/fuse-batch-norm-relu.js'
import { joinReluGradient } from '../../../../src/targets/onednn/passes/relu-gradient.js'

type Tensors = Record<string, tf.Tensor>

const f32 = (...shape: number[]) => ({ shape, dtype: 'float32' as const })

/** The nodes of a printed graph, without what the fusions do not touch. */
const nodes = (graph: Graph) =>
  printGraph(graph)
    .split('\n')
    .filter(line => !line.startsWith('input'))
    .join('\n')

const graphOf = (run: (inputs: Tensors) => Tensors, inputs: Record<string, ReturnType<typeof f32>>) =>
  cleanGraph(trace(run, inputs))

t.test('the gradient of a ReLU is one kernel of its result', async t => {
  const graph = graphOf(
    ({ x }) => {
      const { value, grads } = tf.valueAndGrads((x: tf.Tensor) => tf.sum(tf.relu(x)) as tf.Scalar)([x!])
      return { value, dx: grads[0]! }
    },
    { x: f32(2, 3) },
  )
  t.equal(
    nodes(graph),
    `a:f32[2,3] = Relu(x)
b:f32[] = Sum(a) {axis: [0,1], keepDims: false}
c:f32[2,3] = Step(x) {alpha: 0}
output value = b
output dx = c`,
  )
  const weighted = graphOf(
    ({ x, w }) => {
      const loss = (x: tf.Tensor) => tf.sum(tf.mul(tf.relu(x), w!)) as tf.Scalar
      return { dx: tf.grad(loss as never)(x!) as tf.Tensor }
    },
    { x: f32(2, 3), w: f32(2, 3) },
  )
  t.equal(
    nodes(weighted),
    `a:f32[2,3] = Step(x) {alpha: 0}
b:f32[2,3] = Multiply(w, a)
output dx = b`,
  )
  t.equal(
    nodes(removeDeadCode(joinReluGradient(weighted))),
    `a:f32[2,3] = ReluGrad(w, x)
output dx = a`,
  )
})

const normalised = graphOf(
  ({ x, scale, offset, w }) => {
    const loss = (x: tf.Tensor4D, scale: tf.Tensor1D, offset: tf.Tensor1D) =>
      tf.sum(tf.mul(tf.relu(batchNormTraining(x, scale, offset, 1e-5).y), w!)) as tf.Scalar
    const { value, grads } = tf.valueAndGrads(loss as never)([x!, scale!, offset!])
    return { value, dx: grads[0]!, dScale: grads[1]!, dOffset: grads[2]! }
  },
  { x: f32(2, 3, 3, 4), scale: f32(4), offset: f32(4), w: f32(2, 3, 3, 4) },
)

t.test('a batch norm before a ReLU takes it in, both ways', async t => {
  const joined = removeDeadCode(joinReluGradient(normalised))
  t.equal(
    nodes(joined),
    `a:f32[2,3,3,4], b:f32[4], c:f32[4] = BatchNorm(x, scale, offset) {epsilon: 0.00001}
d:f32[2,3,3,4] = Relu(a)
e:f32[2,3,3,4] = Multiply(d, w)
f:f32[] = Sum(e) {axis: [0,1,2,3], keepDims: false}
g:f32[2,3,3,4] = ReluGrad(w, d)
h:f32[2,3,3,4], i:f32[4], j:f32[4] = BatchNormGrad(g, x, scale, b, c) {epsilon: 0.00001}
output value = f
output dx = h
output dScale = i
output dOffset = j`,
  )
  t.equal(
    nodes(fuseBatchNormRelu(joined)),
    `a:f32[2,3,3,4], b:f32[4], c:f32[4], d:bool[2,3,3,4] = BatchNormRelu(x, scale, offset) {epsilon: 0.00001}
e:f32[2,3,3,4] = Multiply(a, w)
f:f32[] = Sum(e) {axis: [0,1,2,3], keepDims: false}
g:f32[2,3,3,4], h:f32[4], i:f32[4] = BatchNormReluGrad(w, x, scale, b, c, d) {epsilon: 0.00001}
output value = f
output dx = g
output dScale = h
output dOffset = i`,
  )
  checkGraph(normalised)
})

t.test('a batch norm whose result is read by others as well stays', async t => {
  const graph = graphOf(
    ({ x, scale, offset }) => {
      const { y } = batchNormTraining(x as tf.Tensor4D, scale as tf.Tensor1D, offset as tf.Tensor1D, 1e-5)
      return { y, relu: tf.relu(y) }
    },
    { x: f32(2, 3, 3, 4), scale: f32(4), offset: f32(4) },
  )
  t.equal(fuseBatchNormRelu(graph).nodes.length, graph.nodes.length)
  t.equal(fuseBatchNormRelu(graph).nodes[0]!.op, 'BatchNorm')
})

t.test('a sum before a ReLU takes it in, unless it is broadcast or read elsewhere', async t => {
  const graph = graphOf(({ a, b }) => ({ y: tf.relu(tf.add(a!, b!)) }), { a: f32(2, 3), b: f32(2, 3) })
  t.equal(nodes(graph), 'c:f32[2,3] = Add(a, b)\nd:f32[2,3] = Relu(c)\noutput y = d')
  t.equal(nodes(fuseAddRelu(graph)), 'c:f32[2,3] = AddRelu(a, b)\noutput y = c')
  const broadcast = graphOf(({ a, b }) => ({ y: tf.relu(tf.add(a!, b!)) }), { a: f32(2, 3), b: f32(3) })
  t.equal(fuseAddRelu(broadcast).nodes[0]!.op, 'Add')
  const read = graphOf(
    ({ a, b }) => {
      const sum = tf.add(a!, b!)
      return { sum, y: tf.relu(sum) }
    },
    { a: f32(2, 3), b: f32(2, 3) },
  )
  t.equal(fuseAddRelu(read).nodes[0]!.op, 'Add')
})
