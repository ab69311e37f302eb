import '@tensorflow/tfjs-backend-cpu'
import * as tf from '@tensorflow/tfjs-core'
import { loadLibrary } from '@tiny-face/onednn-session'
import t, { type Test } from 'tap'
import { graphOf, momentumUpdate, movingAverage, type Program, type TypedValues } from '../../../src/index.js'
import { buildStep } from '../../../src/targets/onednn/build-step.js'
import { onednnLibrary } from './onednn-library.js'

type Tensors = Record<string, tf.Tensor>

const f32 = (...shape: number[]) => ({ shape, dtype: 'float32' as const })

function build(program: Program, precision: 'f32' | 'bf16' = 'f32') {
  const plan = { graph: graphOf(program), state: program.state, constants: program.constants ?? [] }
  return buildStep(loadLibrary(onednnLibrary!), { imageLayout: 'aBcd16b', precision }, plan)
}

function near(t: Test, found: TypedValues | undefined, expected: ArrayLike<number>, tolerance = 1e-6) {
  const worst = Math.max(...Array.from(expected, (value, i) => Math.abs(found![i]! - value)))
  t.ok(found!.length === expected.length && worst <= tolerance, `off by ${worst}`)
}

t.test('states', { skip: onednnLibrary === undefined }, async t => {
  t.test('two states that change places', async t => {
    const step = build({
      run: ({ a, b }: Tensors) => ({ 'next/a': tf.clone(b!), 'next/b': tf.clone(a!) }),
      inputs: { a: f32(3), b: f32(3) },
      state: new Map([
        ['a', 'next/a'],
        ['b', 'next/b'],
      ]),
    })
    step.setState({ a: Float32Array.of(1, 2, 3), b: Float32Array.of(4, 5, 6) })
    step.run({})
    t.same(step.getState(), { a: Float32Array.of(4, 5, 6), b: Float32Array.of(1, 2, 3) })
    step.close()
  })

  t.test('a state that stays, one of whole numbers, and a constant', async t => {
    const step = build({
      run: ({ kept, count, factor, x }: Tensors) => ({
        y: tf.mul(tf.mul(x!, factor!), kept!),
        'next/kept': tf.clone(kept!),
        'next/count': tf.add(count!, tf.scalar(1, 'int32')),
      }),
      inputs: { kept: f32(2), count: { shape: [], dtype: 'int32' }, factor: f32(2), x: f32(2) },
      state: new Map([
        ['kept', 'next/kept'],
        ['count', 'next/count'],
      ]),
      constants: ['factor'],
    })
    t.throws(() => step.run({ x: Float32Array.of(1, 1) }), /state \w+ was never set/)
    step.setState({ kept: Float32Array.of(2, 3), count: Int32Array.of(41), factor: Float32Array.of(10, 100) })
    near(t, step.run({ x: Float32Array.of(1, 2) }).y, [20, 600])
    near(t, step.run({ x: Float32Array.of(3, 4) }).y, [60, 1200])
    t.same(step.getState().count, Int32Array.of(43))
    t.throws(() => step.run({ x: Float32Array.of(1) }), /x: expected float32\[2\], found 1 values in a Float32Array/)
    t.throws(() => step.run({}), /x: expected float32\[2\], found nothing/)
    t.throws(() => step.run({ x: Float32Array.of(1, 2), z: Float32Array.of(1) }), /z is no input/)
    t.throws(() => step.setState({ x: Float32Array.of(1, 2) }), /x is no state \(states are kept, count, factor\)/)
    step.close()
  })

  t.test('a filter that lies as its gradient does comes out as it went in', async t => {
    const shape = [3, 3, 5, 20]
    const program: Program = {
      run: ({ x, w, v, rate }: Tensors) => {
        const loss = (w: tf.Tensor) => tf.sum(tf.square(tf.conv2d(x as tf.Tensor4D, w as tf.Tensor4D, 1, 'same')))
        const gradient = tf.grad(loss as never)(w!) as tf.Tensor
        const updated = momentumUpdate(w!, v!, gradient, rate as tf.Scalar, { momentum: 0.9, weightDecay: 0.01 })
        return { 'next/w': updated.parameter, 'next/v': updated.velocity }
      },
      inputs: { x: f32(2, 6, 6, 5), w: f32(...shape), v: f32(...shape), rate: f32() },
      state: new Map([
        ['w', 'next/w'],
        ['v', 'next/v'],
      ]),
    }
    const step = build(program)
    const size = 3 * 3 * 5 * 20
    const w = Float32Array.from({ length: size }, (_, i) => Math.sin(i))
    const v = Float32Array.from({ length: size }, (_, i) => Math.cos(i))
    const x = Float32Array.from({ length: 2 * 6 * 6 * 5 }, (_, i) => Math.sin(3 * i))
    step.setState({ w, v })
    t.same(step.getState(), { w, v }, 'to the bit, before a step')
    step.run({ x, rate: Float32Array.of(0) })
    near(t, step.getState().w, w, 0)
    step.setState({ w, v })
    step.run({ x, rate: Float32Array.of(0.01) })
    await tf.setBackend('cpu')
    const expected = tf.tidy(() =>
      program.run({
        x: tf.tensor(x, [2, 6, 6, 5]),
        w: tf.tensor(w, shape),
        v: tf.tensor(v, shape),
        rate: tf.scalar(0.01),
      }),
    )
    near(t, step.getState().v, expected['next/v']!.dataSync(), 2e-4)
    near(t, step.getState().w, expected['next/w']!.dataSync(), 2e-6)
    step.close()
  })

  t.test('updates that are read elsewhere, or share a gradient, are computed apart', async t => {
    const step = build({
      run: ({ w, v, u, g, rate }: Tensors) => {
        const gradient = tf.mul(g!, tf.scalar(2))
        const options = { momentum: 0.5, weightDecay: 0.1 }
        const first = momentumUpdate(w!, v!, gradient, rate as tf.Scalar, options)
        const second = momentumUpdate(u!, v!, gradient, rate as tf.Scalar, options)
        return {
          sum: tf.sum(first.parameter),
          'next/w': first.parameter,
          'next/v': first.velocity,
          u: second.parameter,
        }
      },
      inputs: { w: f32(2), v: f32(2), u: f32(2), g: f32(2), rate: f32() },
      state: new Map([
        ['w', 'next/w'],
        ['v', 'next/v'],
      ]),
    })
    step.setState({ w: Float32Array.of(1, 2), v: Float32Array.of(0.5, -0.5) })
    const found = step.run({ u: Float32Array.of(10, 20), g: Float32Array.of(3, 4), rate: Float32Array.of(0.1) })
    // v = 0.5 v + 2 g + 0.1 w; w -= 0.1 v
    near(t, step.getState().v, [6.35, 7.95])
    near(t, step.getState().w, [0.365, 1.205])
    near(t, found.sum, [1.57])
    near(t, found.u, [10 - 0.1 * (0.25 + 6 + 1), 20 - 0.1 * (-0.25 + 8 + 2)], 1e-5)
    step.close()
  })

  t.test('a running statistic is moved in place, also where it is read as well', async t => {
    const step = build({
      run: ({ mean, x }: Tensors) => ({
        before: tf.mul(mean!, tf.scalar(1.5)),
        'next/mean': movingAverage(mean!, x!, 0.75, 2),
      }),
      inputs: { mean: f32(3), x: f32(3) },
      state: new Map([['mean', 'next/mean']]),
    })
    step.setState({ mean: Float32Array.of(4, 8, 12) })
    near(t, step.run({ x: Float32Array.of(1, 2, 3) }).before, [6, 12, 18])
    near(t, step.getState().mean, [3.5, 7, 10.5])
    near(t, step.run({ x: Float32Array.of(1, 2, 3) }).before, [5.25, 10.5, 15.75])
    step.close()
  })

  t.test('an output that is a state is the one before the step, as a state is that takes another', async t => {
    const step = build({
      run: ({ w, v, g, mean, rate }: Tensors) => {
        const next = momentumUpdate(w!, v!, tf.mul(g!, tf.scalar(2)), rate as tf.Scalar, {
          momentum: 0,
          weightDecay: 0,
        })
        return {
          old: tf.clone(w!),
          oldColumn: tf.reshape(w!, [2, 1]),
          oldMean: tf.clone(mean!),
          'next/w': next.parameter,
          'next/v': next.velocity,
          'next/mean': movingAverage(mean!, g!, 0.5),
          'next/before': tf.clone(w!),
        }
      },
      inputs: { w: f32(2), v: f32(2), g: f32(2), mean: f32(2), before: f32(2), rate: f32() },
      state: new Map(['w', 'v', 'mean', 'before'].map(name => [name, `next/${name}`])),
    })
    const zeros = Float32Array.of(0, 0)
    step.setState({ w: Float32Array.of(1, 2), v: zeros, mean: Float32Array.of(4, 8), before: zeros })
    const found = step.run({ g: Float32Array.of(2, 4), rate: Float32Array.of(0.5) })
    near(t, found.old, [1, 2])
    near(t, found.oldColumn, [1, 2])
    near(t, found.oldMean, [4, 8])
    const { w, mean, before } = step.getState()
    near(t, w, [-1, -2])
    near(t, mean, [3, 6])
    near(t, before, [1, 2])
    step.close()
    step.close()
  })
})
