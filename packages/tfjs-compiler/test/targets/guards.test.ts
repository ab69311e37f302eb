import * as tf from '@tensorflow/tfjs-core'
import t from 'tap'
import { compile, type Program, sumOfSquares } from '../../src/index.js'
import { momentumUpdate, movingAverage } from '../../src/kernels/update.js'
import { randomValues } from './one-kernel.js'
import { onednnLibrary } from './onednn/onednn-library.js'
import { skip as noTensorflow } from './tensorflow/tensorflow.js'

type Tensors = Record<string, tf.Tensor>

const f32 = (...shape: number[]) => ({ shape, dtype: 'float32' as const })

/** A convolution that learns, beside a running mean of its results and one that the loss reads: every way in which a state can change. */
const program: Program = {
  run: ({ x, w, v, mean, scale }: Tensors) => {
    const nextScale = movingAverage(scale!, tf.reshape(tf.mean(x!), [1]), 0.5)
    const results = (w: tf.Tensor) => tf.conv2d(x as tf.Tensor4D, w as tf.Tensor4D, 1, 'same')
    const { value, grads } = tf.valueAndGrads(((w: tf.Tensor) => tf.mean(tf.square(results(w)))) as never)([w!])
    const { parameter, velocity } = momentumUpdate(w!, v!, grads[0]!, tf.scalar(0.05), {
      momentum: 0.9,
      weightDecay: 1e-3,
    })
    return {
      loss: tf.add(value, tf.sum(nextScale)),
      squares: sumOfSquares(grads[0]!),
      'next/w': parameter,
      'next/v': velocity,
      'next/mean': movingAverage(mean!, tf.mean(results(w!), [0, 1, 2]), 0.9),
      'next/scale': nextScale,
    }
  },
  inputs: { x: f32(2, 4, 4, 16), w: f32(3, 3, 16, 16), v: f32(3, 3, 16, 16), mean: f32(16), scale: f32(1) },
  state: new Map(['w', 'v', 'mean', 'scale'].map(name => [name, `next/${name}`])),
  guards: ['loss', 'squares'],
}
const start = {
  w: randomValues(3 * 3 * 16 * 16, 1),
  v: randomValues(3 * 3 * 16 * 16, 2),
  mean: randomValues(16, 3),
  scale: Float32Array.of(1),
}
const good = [4, 5].map(seed => randomValues(2 * 4 * 4 * 16, seed))
const bad = good[0]!.with(77, Number.NaN)

for (const [engine, skip] of [
  ['reference', false],
  ['onnx', false],
  ['onednn', onednnLibrary === undefined],
  ['tensorflow', noTensorflow],
] as const) {
  t.test(`${engine}: a step whose guard is not finite leaves every state as it was`, { skip }, async t => {
    const executable = await compile(program, { engine, precision: 'f32' })
    const after = async (batches: readonly Float32Array[]) => {
      await executable.setState(start)
      for (const x of batches) await executable.step({ x })
      return executable.getState()
    }
    const [first, second] = good as [Float32Array, Float32Array]
    const expected = await after([first, second])
    t.not(expected.scale![0], start.scale[0], 'what a good step moves')
    t.same(await after([first, bad, second, bad]), expected)
    const { loss, squares } = await executable.step({ x: bad })
    t.ok(Number.isNaN(loss![0]) && Number.isNaN(squares![0]), 'the outputs come back')
    await executable.close()
  })
}

t.test('a guard is an output, and no state', async t => {
  const compiled = (guard: string) => compile({ ...program, guards: [guard] }, { engine: 'onnx', precision: 'f32' })
  await t.rejects(compiled('gradient'), { message: 'guard gradient: the program has no such output' })
  await t.rejects(compiled('next/w'), { message: 'guard next/w: is the next value of a state' })
})
