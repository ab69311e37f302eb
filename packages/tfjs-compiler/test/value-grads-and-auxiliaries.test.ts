import * as tf from '@tensorflow/tfjs-core'
import t from 'tap'
import { batchNormTraining, interpret, trace, valueGradsAndAuxiliaries } from '../src/index.js'
import { randomInputs, type Tensors, typesOf, valuesOf } from './networks.js'

const SHAPES = { x: [4, 3], scale: [3], offset: [3] }

function run({ x, scale, offset }: Tensors): Tensors {
  const loss = (scale: tf.Tensor, offset: tf.Tensor) => {
    const { y, mean, variance } = batchNormTraining(x as tf.Tensor2D, scale as tf.Tensor1D, offset as tf.Tensor1D, 1e-3)
    return { loss: tf.sum(tf.square(y)) as tf.Scalar, auxiliaries: { mean, variance, y } }
  }
  const { value, grads, auxiliaries } = valueGradsAndAuxiliaries(loss, [scale!, offset!])
  return { value, dScale: grads[0]!, dOffset: grads[1]!, ...auxiliaries }
}

t.test('gives the gradients and what else the function tells', async t => {
  const inputs = randomInputs(SHAPES)
  const { x, scale, offset } = inputs
  const found = run(inputs)
  const alone = (scale: tf.Tensor, offset: tf.Tensor) =>
    tf.sum(
      tf.square(batchNormTraining(x as tf.Tensor2D, scale as tf.Tensor1D, offset as tf.Tensor1D, 1e-3).y),
    ) as tf.Scalar
  const { value, grads } = tf.valueAndGrads(alone)([scale!, offset!])
  const [mean] = [tf.mean(x!, 0)]
  t.same([...found.value!.dataSync()], [...value.dataSync()])
  t.same([...found.dScale!.dataSync()], [...grads[0]!.dataSync()])
  t.same([...found.dOffset!.dataSync()], [...grads[1]!.dataSync()])
  t.same([...found.mean!.dataSync()], [...mean.dataSync()])
  t.equal(found.y!.shape.join(), '4,3')
})

t.test('500 eager steps leave no tensor behind, in tf.tidy and without', async t => {
  const inputs = randomInputs(SHAPES)
  const before = tf.memory()
  for (let step = 0; step < 500; step++) tf.dispose(tf.tidy(() => run(inputs)))
  t.equal(tf.memory().numTensors, before.numTensors)
  tf.dispose(run(inputs))
  t.equal(tf.memory().numTensors, before.numTensors)
  t.equal(tf.memory().numBytes, before.numBytes)
})

t.test('a gradient that fails leaves what tfjs itself leaves, no auxiliary', async t => {
  const { x } = randomInputs(SHAPES)
  const loss = (x: tf.Tensor) => tf.sum(tf.cast(tf.greater(tf.square(x), 0), 'float32')) as tf.Scalar
  const left = (run: () => void) => {
    const before = tf.memory().numTensors
    t.throws(run, /Cannot compute gradient/)
    return tf.memory().numTensors - before
  }
  const withAuxiliary = (x: tf.Tensor) => ({ loss: loss(x), auxiliaries: { exp: tf.exp(x) } })
  const plain = (x: tf.Tensor) => {
    tf.exp(x) // saves its result for the gradient
    return loss(x)
  }
  t.equal(
    left(() => valueGradsAndAuxiliaries(withAuxiliary, [x!])),
    left(() => tf.valueAndGrads(plain)([x!])),
  )
})

t.test('traces like anything else', async t => {
  const inputs = randomInputs(SHAPES)
  const graph = trace(run, typesOf(SHAPES))
  t.same(valuesOf(interpret(graph, inputs)), valuesOf(run(inputs)))
})
