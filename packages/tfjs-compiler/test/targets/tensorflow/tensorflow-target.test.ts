import * as tf from '@tensorflow/tfjs-core'
import t from 'tap'
import type { Program, TypedValues } from '../../../src/executable.js'
import { prelu } from '../../../src/kernels/activation.js'
import { dropout } from '../../../src/kernels/dropout.js'
import { batchNormTraining } from '../../../src/kernels/normalisation.js'
import { momentumUpdate, movingAverage } from '../../../src/kernels/update.js'
import { referenceTarget } from '../../../src/targets/reference/reference-target.js'
import { tensorflowTarget } from '../../../src/targets/tensorflow/tensorflow-target.js'
import { valueGradsAndAuxiliaries } from '../../../src/value-grads-and-auxiliaries.js'
import { difference, randomNumbers, skip, tensorflow } from './tensorflow.js'

const SIZES = {
  stem: [3, 3, 3, 8],
  depthwise: [3, 3, 8, 1],
  scale: [8],
  offset: [8],
  slope: [8],
  centres: [8, 5],
} as const
const NAMES = Object.keys(SIZES) as (keyof typeof SIZES)[]
const f32 = (shape: readonly number[]) => ({ shape, dtype: 'float32' as const })

/** A training step with every kernel that this engine has of its own: on images [batch, 9, 9, 3], five classes. */
const STEP: Program = {
  inputs: {
    images: f32([6, 9, 9, 3]),
    labels: { shape: [6], dtype: 'int32' },
    rate: f32([]),
    random: { shape: [], dtype: 'int32' },
    ...Object.fromEntries(NAMES.map(name => [name, f32(SIZES[name])])),
    ...Object.fromEntries(NAMES.map(name => [`${name}/velocity`, f32(SIZES[name])])),
    mean: f32([8]),
  },
  state: new Map([...NAMES, ...NAMES.map(name => `${name}/velocity`), 'mean'].map(name => [name, `next/${name}`])),
  run(inputs) {
    const parameters = NAMES.map(name => inputs[name]!)
    const { value, grads, auxiliaries } = valueGradsAndAuxiliaries((...values: tf.Tensor[]) => {
      const given = Object.fromEntries(NAMES.map((name, i) => [name, values[i]!])) as Record<
        keyof typeof SIZES,
        tf.Tensor
      >
      let x = tf.conv2d(inputs.images as tf.Tensor4D, given.stem as tf.Tensor4D, 2, 1, 'NHWC', 1, 'floor')
      const { y, mean } = batchNormTraining(x, given.scale as tf.Tensor1D, given.offset as tf.Tensor1D, 1e-5)
      x = prelu(y, given.slope as tf.Tensor1D)
      x = tf.depthwiseConv2d(x, given.depthwise as tf.Tensor4D, 1, 1, 'NHWC', 1, 'floor')
      x = dropout(x, inputs.random as tf.Scalar, { rate: 0.4, salt: 3 })
      const logits = tf.matMul(tf.mean(x, [1, 2]) as tf.Tensor2D, given.centres as tf.Tensor2D)
      const chosen = tf.sum(tf.mul(tf.oneHot(inputs.labels as tf.Tensor1D, 5), logits), 1)
      const loss = tf.mean(tf.sub(tf.log(tf.sum(tf.exp(logits), 1)), chosen)) as tf.Scalar
      return { loss, auxiliaries: { mean } }
    }, parameters)
    const updated = NAMES.flatMap((name, i) => {
      const velocity = inputs[`${name}/velocity`]!
      const next = momentumUpdate(parameters[i]!, velocity, grads[i]!, inputs.rate as tf.Scalar, {
        momentum: 0.9,
        weightDecay: 5e-4,
      })
      return [
        [`next/${name}`, next.parameter],
        [`next/${name}/velocity`, next.velocity],
      ] as const
    })
    return {
      loss: value,
      backend: tf.scalar(tf.getBackend() === 'tensorflow' ? 1 : 0),
      'next/mean': movingAverage(inputs.mean!, auxiliaries.mean!, 0.9),
      ...Object.fromEntries(updated),
    }
  },
}

function valuesFor(names: readonly string[], seed: number): Record<string, TypedValues> {
  const draw = randomNumbers(seed)
  return tf.tidy(() =>
    Object.fromEntries(names.map(name => [name, draw(STEP.inputs[name]!.shape).dataSync().slice() as Float32Array])),
  )
}

const start = () => valuesFor([...STEP.state.keys()], 1)
const batch = (step: number): Record<string, TypedValues> => ({
  ...valuesFor(['images'], 100 + step),
  labels: Int32Array.from({ length: 6 }, (_, i) => (i * 3 + step) % 5),
  rate: Float32Array.of(0.05),
  random: Int32Array.of(step),
})

t.test('three training steps are those of the reference', { skip }, async t => {
  const [found, expected] = [await tensorflowTarget.compile(STEP), await referenceTarget.compile(STEP)]
  for (const executable of [found, expected]) await executable.setState(start())
  for (const step of [1, 2, 3]) {
    const [outputs, truth] = [await found.step(batch(step)), await expected.step(batch(step))]
    t.strictSame(Object.keys(outputs).sort(), ['backend', 'loss'])
    t.ok(difference(outputs.loss!, truth.loss!) < 1e-5, `loss ${outputs.loss} for ${truth.loss}`)
    t.equal(outputs.backend![0], 1, 'the current backend is tensorflow')
    const [state, wanted] = [await found.getState(), await expected.getState()]
    t.strictSame(Object.keys(state).sort(), Object.keys(wanted).sort())
    for (const [name, values] of Object.entries(wanted))
      t.ok(difference(state[name]!, values) < 1e-5, `step ${step}: ${name} is ${difference(state[name]!, values)} away`)
  }
  t.equal(tf.getBackend(), 'cpu', 'the backend before is there again')
  await found.close()
})

t.test('the backend is TensorFlow, and says on what', { skip }, async t => {
  t.match(tensorflow!.device, /^[CG]PU$/)
  t.equal(tf.findBackend('tensorflow'), tensorflow!.backend)
})

t.test('500 steps leave no tensor behind', { skip }, async t => {
  const before = tf.memory().numTensors
  const data = () => [tf.memory().numTensors, tf.memory().numDataBuffers, tensorflow!.backend.numDataIds()]
  const executable = await tensorflowTarget.compile(STEP)
  await executable.setState(start())
  const input = batch(1)
  await executable.step(input)
  const first = data()
  for (let step = 0; step < 500; step++) await executable.step(input)
  t.strictSame(data(), first)
  await executable.close()
  await executable.close()
  t.equal(tf.memory().numTensors, before)
})

t.test('a state may come back as it went in, or as another one', { skip }, async t => {
  const program: Program = {
    inputs: { a: f32([2]), b: f32([2]), c: { shape: [2], dtype: 'int32' }, x: f32([2]) },
    state: new Map([
      ['a', 'sum'],
      ['b', 'same'],
      ['c', 'c'],
    ]),
    run({ a, b, c, x }) {
      const sum = tf.add(a!, x!)
      return { sum, same: sum, c: c!, b: b!, x: x! }
    },
  }
  const executable = await tensorflowTarget.compile(program)
  const given = { a: Float32Array.of(1, 2), b: Float32Array.of(0, 0), c: Int32Array.of(7, 8) }
  await executable.setState(given)
  given.a.fill(99)
  t.strictSame(await executable.step({ x: Float32Array.of(10, 20) }), {
    b: Float32Array.of(0, 0),
    x: Float32Array.of(10, 20),
  })
  t.match(await executable.step({ x: Float32Array.of(1, 1) }), { b: Float32Array.of(11, 22) })
  t.strictSame(await executable.getState(), {
    a: Float32Array.of(12, 23),
    b: Float32Array.of(12, 23),
    c: Int32Array.of(7, 8),
  })
  await executable.close()
})

t.test('what is given wrong is named', { skip }, async t => {
  const executable = await tensorflowTarget.compile(STEP)
  await t.rejects(executable.setState({ images: new Float32Array(1) }), /images is no state/)
  await t.rejects(executable.setState({ slope: new Float32Array(1) }), /slope: expected float32\[8\], found 1 values/)
  await t.rejects(executable.step(batch(1)), /stem: expected float32\[3,3,3,8\], found nothing/)
  await executable.setState(start())
  await t.rejects(executable.step({ ...batch(1), labels: new Float32Array(6) }), /labels: expected int32\[6\]/)
  await executable.close()
  await t.rejects(tensorflowTarget.compile(STEP, { precision: 'bf16' }), /tensorflow computes in f32, not in bf16/)
})
