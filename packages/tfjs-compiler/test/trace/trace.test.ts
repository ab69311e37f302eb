import * as tf from '@tensorflow/tfjs-core'
import t from 'tap'
import { cleanGraph, detach, type Graph, interpret, printGraph, trace } from '../../src/index.js'
import { mobileFaceBlock, randomInputs, typesOf, valuesOf } from '../networks.js'

const PAIR = { x: { shape: [2, 3], dtype: 'float32' as const } }

const square = () => trace(({ x }) => ({ y: tf.square(x!) }), PAIR)

t.test('a convolution with batch norm, a loss and its gradient, printed', async t => {
  const { batchNormTraining } = await import('../../src/index.js')
  const graph = trace(
    ({ x, w, scale, offset }) => {
      const loss = (w: tf.Tensor, scale: tf.Tensor) => {
        const y = tf.conv2d(x as tf.Tensor4D, w as tf.Tensor4D, 1, 'same')
        return tf.mean(
          tf.square(batchNormTraining(y, scale as tf.Tensor1D, offset as tf.Tensor1D, 1e-5).y),
        ) as tf.Scalar
      }
      const { value, grads } = tf.valueAndGrads(loss)([w!, scale!])
      return { loss: value, dw: grads[0]!, dScale: grads[1]! }
    },
    {
      x: { shape: [4, 5, 5, 3], dtype: 'float32' },
      w: { shape: [3, 3, 3, 8], dtype: 'float32' },
      scale: { shape: [8], dtype: 'float32' },
      offset: { shape: [8], dtype: 'float32' },
    },
  )
  t.equal(
    printGraph(cleanGraph(graph)),
    `input x:f32[4,5,5,3]
input w:f32[3,3,3,8]
input scale:f32[8]
input offset:f32[8]
a:f32[4,5,5,8] = Conv2D(x, w) {strides: 1, pad: same, dataFormat: NHWC, dilations: [1,1]}
b:f32[4,5,5,8], c:f32[8], d:f32[8] = BatchNorm(a, scale, offset) {epsilon: 0.00001}
e:f32[4,5,5,8] = Square(b)
f:f32[] = Mean(e) {axis: [0,1,2,3], keepDims: false}
g:f32[4,5,5,8] = Fill() {shape: [4,5,5,8], value: 0.0012499999720603228, dtype: float32}
h:f32[4,5,5,8] = Multiply(b, 2)
i:f32[4,5,5,8] = Multiply(g, h)
j:f32[4,5,5,8], k:f32[8], l:f32[8] = BatchNormGrad(i, a, scale, c, d) {epsilon: 0.00001}
m:f32[3,3,3,8] = Conv2DBackpropFilter(x, j) {strides: 1, pad: same, dataFormat: NHWC, filterShape: [3,3,3,8]}
output loss = f
output dw = m
output dScale = k`,
  )
})

t.test('an eager program around a trace is undisturbed', async t => {
  const eager = tf.tensor2d([[1, 2, 3]])
  const before = tf.memory()
  const inside = tf.tidy(() => {
    const kept = tf.add(eager, 1)
    square()
    return tf.mul(kept, 2)
  })
  t.equal(tf.getBackend(), 'cpu')
  t.same([...inside.dataSync()], [4, 6, 8])
  inside.dispose()
  const { numTensors, numBytes, numDataBuffers } = tf.memory()
  t.same(
    { numTensors, numBytes, numDataBuffers },
    { numTensors: before.numTensors, numBytes: before.numBytes, numDataBuffers: before.numDataBuffers },
  )

  const gradient = tf.grad(x => {
    square()
    return tf.sum(tf.square(x))
  })(eager)
  t.same([...gradient.dataSync()], [2, 4, 6], 'the tape of an eager gradient goes on')
})

t.test('a trace inside a trace is its own', async t => {
  let inner: Graph | undefined
  const outer = trace(({ x }) => {
    inner = square()
    return { y: tf.neg(x!) }
  }, PAIR)
  t.same(
    outer.nodes.map(node => node.op),
    ['Neg'],
  )
  t.same(
    inner!.nodes.map(node => node.op),
    ['Square'],
  )
})

t.test('a throw inside restores the backend, whatever it interrupts', async t => {
  const message = /thrown on purpose/
  t.throws(
    () =>
      trace(
        () =>
          tf.tidy(() =>
            tf.grad(() => {
              throw new Error('thrown on purpose')
            })(tf.scalar(1)),
          ) as never,
        {},
      ),
    { message },
  )
  t.equal(tf.getBackend(), 'cpu')
  t.same([...tf.add([1], [2]).dataSync()], [3])
  t.equal(square().nodes.length, 1)
})

t.test('tensors that do not belong are refused by name', async t => {
  const eager = tf.scalar(1)
  let escaped: tf.Tensor | undefined
  trace(({ x }) => {
    escaped = tf.keep(tf.square(x!))
    return { y: x! }
  }, PAIR)
  for (const foreign of [eager, escaped!]) {
    t.throws(() => trace(({ x }) => ({ y: tf.add(x!, foreign) }), PAIR), {
      message: /tf.add: input b of kernel Add does not belong to this trace/,
    })
    t.throws(() => trace(() => ({ y: foreign }), PAIR), { message: /output y .* does not belong to this trace/ })
    t.throws(() => trace(() => ({ y: tf.clone(foreign) }), PAIR), { message: /does not belong to this trace/ })
    t.throws(() => trace(() => ({ y: detach(foreign) }), PAIR), { message: /does not belong to this trace/ })
  }
  t.throws(
    () =>
      trace(({ x }) => {
        const y = tf.square(x!)
        y.dispose()
        return { y }
      }, PAIR),
    { message: /was disposed/ },
  )
  t.throws(() => tf.add(escaped!, 1), 'and a traced tensor outside')
  t.same([...eager.dataSync()], [1])
})

t.test('a traced function cannot read values, return a promise or other things', async t => {
  t.throws(() => trace(({ x }) => ({ y: tf.scalar(x!.dataSync()[0]!) }), PAIR), {
    message: /a traced tensor has no values yet/,
  })
  t.throws(() => trace((async () => ({ y: tf.scalar(1) })) as never, PAIR), { message: /should be synchronous/ })
  t.throws(() => trace(() => ({ y: 3 }) as never, PAIR), {
    message: /output y of the traced function should be a tensor, found number/,
  })
})

t.test('a kernel without a shape rule names itself and the function that called it', async t => {
  t.throws(() => trace(({ x }) => ({ y: tf.topk(x!).values }), PAIR), {
    message: 'no shape rule for kernel TopK (recorded by tf.topk)',
  })
})

t.test('constants: one number everywhere is a Fill, anything else is kept in float32', async t => {
  const graph = trace(
    ({ x }) => ({ y: tf.add(tf.add(tf.mul(x!, tf.tensor2d([[1], [0.1]])), tf.ones([2, 3])), tf.zeros([3])) }),
    PAIR,
  )
  t.same(
    graph.nodes.filter(({ op }) => op === 'Fill').map(({ attributes }) => attributes),
    [
      { shape: [2, 3], value: 1, dtype: 'float32' },
      { shape: [3], value: 0, dtype: 'float32' },
    ],
  )
  t.same([...graph.constants.values()], [Float32Array.of(1, 0.1)])
})

t.test('variables made inside are assigned and differentiated', async t => {
  const graph = trace(({ x }) => {
    const v = tf.variable(tf.ones([3]) as tf.Tensor1D, true, 'v')
    const { value, grads } = tf.variableGrads(() => tf.sum(tf.mul(x!, v)) as tf.Scalar)
    v.assign(tf.sub(v, grads.v!) as tf.Tensor1D)
    return { loss: value, v: tf.clone(v) }
  }, PAIR)
  const x = tf.tensor2d([
    [1, 2, 3],
    [4, 5, 6],
  ])
  const { loss, v } = interpret(graph, { x })
  t.same([[...loss!.dataSync()], [...v!.dataSync()]], [[21], [-4, -6, -8]])
  t.same(Object.keys(tf.engine().registeredVariables), [], 'and leave nothing behind')
})

t.test('no gradient flows through detach, and it adds no node', async t => {
  const graph = trace(({ x }) => ({ y: tf.grad(x => tf.sum(tf.mul(x, detach(x))))(x!) }), PAIR)
  const x = tf.tensor2d([
    [1, 2, 3],
    [4, 5, 6],
  ])
  t.same([...interpret(graph, { x }).y!.dataSync()], [1, 2, 3, 4, 5, 6])
  t.same(cleanGraph(trace(({ x }) => ({ y: detach(x!) }), PAIR)).nodes, [])
})

t.test('a batch of thousands takes no memory', async t => {
  const before = process.memoryUsage().arrayBuffers
  const graph = trace(
    ({ x, w }) => {
      const y = tf.relu(tf.conv2d(x as tf.Tensor4D, w as tf.Tensor4D, 2, 'same'))
      return { embedding: tf.reshape(tf.mean(y, [1, 2]), [-1, 512]), filled: tf.fill([7919, 56, 56, 512], 1) }
    },
    { x: { shape: [7919, 112, 112, 3], dtype: 'float32' }, w: { shape: [3, 3, 3, 512], dtype: 'float32' } },
  )
  t.same(graph.outputs.get('embedding')!.shape, [7919, 512])
  t.ok(process.memoryUsage().arrayBuffers - before < 1e6)
})

t.test('tracing a whole step is quick', async t => {
  const start = performance.now()
  trace(mobileFaceBlock.run, typesOf(mobileFaceBlock.shapes))
  t.ok(performance.now() - start < 1000)
})

t.test('batch norm for inference without scale and offset has them as Fill nodes', async t => {
  const run = ({ x, mean, variance }: Record<string, tf.Tensor>) => ({
    y: tf.batchNorm(x as tf.Tensor4D, mean as tf.Tensor1D, variance as tf.Tensor1D),
  })
  const shapes = { x: [2, 3, 3, 4], mean: [4], variance: [4] }
  const graph = trace(run, typesOf(shapes))
  const { inputs } = graph.nodes.find(({ op }) => op === 'FusedBatchNorm')!
  t.same(
    inputs.map(({ shape }) => shape),
    [[2, 3, 3, 4], [4], [4], [4], [4]],
  )
  const values = randomInputs(shapes)
  t.same(valuesOf(interpret(graph, values)), valuesOf(run(values)))
})

t.test("tfjs's own losses trace with their gradients", async t => {
  const run = ({ logits, weights }: Record<string, tf.Tensor>) => ({
    gradient: tf.grad(logits => tf.losses.softmaxCrossEntropy(tf.softmax(weights!), logits))(logits!),
    squared: tf.grad(logits => tf.losses.meanSquaredError(weights!, logits))(logits!),
  })
  const shapes = { logits: [3, 5], weights: [3, 5] }
  const values = randomInputs(shapes)
  t.same(valuesOf(interpret(cleanGraph(trace(run, typesOf(shapes))), values)), valuesOf(run(values)))
})
