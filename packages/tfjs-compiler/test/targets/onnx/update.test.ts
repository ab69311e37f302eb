import * as tf from '@tensorflow/tfjs-core'
import t from 'tap'
import { momentumUpdate, movingAverage, type Program } from '../../../src/index.js'
import { compileFor } from '../../../src/targets/onnx/onnx-target.js'
import { near, randomValues } from '../one-kernel.js'
import { OPERATOR_SETS } from './run-graph.js'

const f32 = (...shape: number[]) => ({ shape, dtype: 'float32' as const })

/** The filter of a convolution, so that the state lies in OIHW; of 72 elements, or of 54 blocks of 16. */
const programOf = (channels: number): Program => ({
  run: ({ p, v, g, rate, x }) => {
    const next = momentumUpdate(p!, v!, g!, rate as tf.Scalar, { momentum: 0.9, weightDecay: 0.01 })
    return { p: next.parameter, 'v/next': next.velocity, y: tf.conv2d(x as tf.Tensor4D, p as tf.Tensor4D, 1, 'same') }
  },
  inputs: {
    p: f32(3, 3, 2, channels),
    v: f32(3, 3, 2, channels),
    g: f32(3, 3, 2, channels),
    rate: f32(),
    x: f32(1, 3, 3, 2),
  },
  state: new Map([
    ['p', 'p'],
    ['v', 'v/next'],
  ]),
})

t.test('MomentumUpdate is PyTorch SGD, step after step; the state comes back in HWIO', async t => {
  for (const operators of Object.values(await OPERATOR_SETS))
    for (const channels of [4, 48]) {
      const size = 18 * channels
      const executable = await compileFor(operators, programOf(channels), 1)
      const [parameter, velocity] = [randomValues(size, 1), new Float32Array(size)]
      await executable.setState({ p: parameter, v: velocity })
      t.same((await executable.getState()).p, parameter, 'what was set comes back')
      const [wantP, wantV] = [Float64Array.from(parameter), new Float64Array(size)]
      for (let step = 0; step < 3; step++) {
        const gradient = randomValues(size, 10 + step)
        const outputs = await executable.step({ g: gradient, rate: Float32Array.of(0.1), x: randomValues(18) })
        t.same(Object.keys(outputs), ['y'], 'states are not given back as outputs')
        for (let i = 0; i < size; i++) {
          wantV[i] = 0.9 * wantV[i]! + gradient[i]! + 0.01 * wantP[i]!
          wantP[i]! -= 0.1 * wantV[i]!
        }
      }
      const { p, v } = await executable.getState()
      near(t, p!, wantP, 'parameter')
      near(t, v!, wantV, 'velocity')
      await t.rejects(executable.setState({ q: parameter }), { message: /q is no state \(states are p, v\)/ })
      await t.rejects(executable.setState({ p: new Float32Array(3) }), {
        message: /state p: expected shape \[3,3,2,\d+\], found 3 values/,
      })
      await executable.close()
    }
})

t.test('MovingAverage, with a correction that makes a variance unbiased; a constant is set like a state', async t => {
  const averaged: Program = {
    run: ({ running, batch, n }) => ({
      fresh: movingAverage(running!, batch!, 0.9, 1.5),
      count: tf.add(n!, tf.scalar(1, 'int32')),
    }),
    inputs: { running: f32(3), batch: f32(3), n: { shape: [], dtype: 'int32' } },
    state: new Map([['n', 'count']]),
    constants: ['running'],
  }
  const executable = await compileFor((await OPERATOR_SETS).standard!, averaged)
  await executable.setState({ running: Float32Array.of(1, 2, 3), n: Int32Array.of(7) })
  const found = await executable.step({ batch: Float32Array.of(4, 5, 6) })
  near(t, found.fresh!, [0.9 + 0.6, 1.8 + 0.75, 2.7 + 0.9], 'average')
  t.same(await executable.getState(), { n: Int32Array.of(8), running: Float32Array.of(1, 2, 3) })
  await executable.close()
})

t.test('a kernel without a rule, or a state that is no input, is named', async t => {
  const operators = (await OPERATOR_SETS).standard!
  const angle: Program = {
    run: ({ x }) => ({ y: tf.atan2(x!, tf.square(x!)) }),
    inputs: { x: f32(3) },
    state: new Map(),
  }
  await t.rejects(compileFor(operators, angle), {
    name: 'UnsupportedKernel',
    message: 'target onnx has no rule for kernel Atan2 (recorded by tf.atan2): ONNX has no such operator',
  })
  await t.rejects(compileFor(operators, { ...angle, state: new Map([['z', 'y']]) }), {
    message: /state z: the program has no such input/,
  })
  await t.rejects(compileFor(operators, { ...angle, state: new Map([['x', 'z']]) }), {
    message: /state x: the program has no output z/,
  })
})
