import '@tensorflow/tfjs-backend-cpu'
import * as tf from '@tensorflow/tfjs-core'
import t from 'tap'
import { compile, type Program } from '../../../src/index.js'

const program: Program = {
  run: ({ x, total, scale }) => ({ y: tf.mul(x!, scale!), next: tf.add(total!, tf.sum(x!)) }),
  inputs: {
    x: { shape: [2], dtype: 'float32' },
    total: { shape: [], dtype: 'float32' },
    scale: { shape: [], dtype: 'float32' },
  },
  state: new Map([['total', 'next']]),
  constants: ['scale'],
}

// First of all: the backend would say it once, when it is first used.
t.test('says nothing of other backends', async t => {
  const warnings = t.capture(console, 'warn')
  const executable = await compile(program, { engine: 'reference' })
  await executable.setState({ total: Float32Array.of(0), scale: Float32Array.of(0) })
  await executable.step({ x: Float32Array.of(1, 2) })
  t.strictSame(warnings(), [])
})

t.test('keeps state and constants, leaves no tensor behind, and the backend as it was', async t => {
  // a backend of another name, with tfjs's own cpu kernels
  tf.copyRegisteredKernels('cpu', 'another')
  tf.registerBackend('another', tf.findBackendFactory('cpu'))
  const executable = await compile(program, { engine: 'reference' })
  tf.setBackend('another')
  t.teardown(() => tf.setBackend('cpu'))
  const before = tf.memory().numTensors
  await executable.setState({ total: Float32Array.of(1), scale: Float32Array.of(3) })
  t.same(await executable.step({ x: Float32Array.of(1, 2) }), { y: Float32Array.of(3, 6) })
  t.same(await executable.step({ x: Float32Array.of(3, 4) }), { y: Float32Array.of(9, 12) })
  t.same(await executable.getState(), { total: Float32Array.of(11), scale: Float32Array.of(3) })
  t.equal(tf.getBackend(), 'another')
  t.equal(tf.memory().numTensors, before)
  await executable.close()
})

t.test('what is not as declared is refused by name, and the backend put back then too', async t => {
  const executable = await compile(program, { engine: 'reference' })
  const x = Float32Array.of(1, 2)
  await t.rejects(executable.step({ x }), { message: 'total: expected float32[], found nothing' })
  await executable.setState({ total: Float32Array.of(1), scale: Float32Array.of(3) })
  await t.rejects(executable.step({ x: Int32Array.of(1, 2) }), {
    message: 'x: expected float32[2], found 2 values in a Int32Array',
  })
  await t.rejects(executable.step({ x: Float32Array.of(1) }), { message: /found 1 values in a Float32Array/ })
  await t.rejects(executable.setState({ x }), { message: 'x is no state (states are total, scale)' })
  t.equal(tf.getBackend(), 'cpu')
  await t.rejects(compile(program, { engine: 'reference', precision: 'bf16' }))
})
