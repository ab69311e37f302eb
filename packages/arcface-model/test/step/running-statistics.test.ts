import * as tf from '@tensorflow/tfjs-core'
import t, { type Test } from 'tap'
import { initialState, marginObjective, type Network, trainingStep } from '../../src/index.js'
import { runEagerly, SGD } from '../reference.js'

/** One batch norm straight on the pixels, so that its statistics are those of numbers written down here. */
const PIXELS: Network = {
  size: 1,
  embeddingSize: 3,
  preprocess: 'arcface',
  embed: (net, images) => net.batchNorm('pixels', tf.reshape(images, [-1, 3]) as tf.Tensor2D),
}

/*
 * By hand. Red is 1, 2, 3, 6: mean 12 / 4 = 3; squared distances 4 + 1 + 0 + 9 = 14; the unbiased variance 14 / 3, the biased one 14 / 4.
 * Green is 0, 0, 0, 4: mean 1, squared distances 12, variance 4. Blue is 5 throughout: mean 5, variance 0.
 * Running values begin at mean 0 and variance 1; a batch counts a tenth, as with PyTorch's momentum of 0.1.
 */
const IMAGES = Float32Array.of(1, 0, 5, 2, 0, 5, 3, 0, 5, 6, 4, 5)
const HEAD = { kind: 'arcface', margin: 0.5, scale: 8 } as const
const MEAN = [0.3, 0.1, 0.5]
const VARIANCE = [0.9 + 14 / 30, 0.9 + 0.4, 0.9]
const AFTER_TWO = { mean: [0.57, 0.19, 0.95], variance: VARIANCE.map(v => 0.9 * v + (v - 0.9)) }

function near(t: Test, found: ArrayLike<number>, expected: readonly number[], what: string): void {
  t.equal(found.length, expected.length)
  for (const [i, value] of expected.entries())
    t.ok(Math.abs(found[i]! - value) < 1e-6, `${what} ${i}: ${found[i]} is ${value}`)
}

t.test('running statistics: a tenth of the mean and of the unbiased variance of each batch', async t => {
  const shape = { network: PIXELS, batchSize: 4, classes: 2, head: HEAD }
  const step = trainingStep(marginObjective(shape), SGD)
  const batch = { images: IMAGES, labels: Int32Array.of(0, 1, 0, 1), learningRate: Float32Array.of(0) }
  const first = await runEagerly(step, { ...initialState(step, 1), ...batch })
  near(t, first['next/pixels/mean']!, MEAN, 'mean')
  near(t, first['next/pixels/variance']!, VARIANCE, 'variance')
  const next = Object.fromEntries([...step.state].map(([name, output]) => [name, first[output]!]))
  const second = await runEagerly(step, { ...next, ...batch })
  near(t, second['next/pixels/mean']!, AFTER_TWO.mean, 'mean after two')
  near(t, second['next/pixels/variance']!, AFTER_TWO.variance, 'variance after two')
})

t.test('over an image the variance is that of all pixels of the batch', async t => {
  // The four pixels as an image of 2x2, twice in a batch.
  const network: Network = {
    ...PIXELS,
    size: 2,
    embed: (net, images) => tf.mean(net.batchNorm('pixels', images), [1, 2]),
  }
  const shape = { network, batchSize: 2, classes: 2, head: HEAD }
  const step = trainingStep(marginObjective(shape), SGD)
  // Each of the four pixels twice: squared distances double to 28, 24 and 0, over 8 - 1 values.
  const images = Float32Array.of(...IMAGES, ...IMAGES)
  const batch = { images, labels: Int32Array.of(0, 1), learningRate: Float32Array.of(0) }
  const { 'next/pixels/mean': mean, 'next/pixels/variance': variance } = await runEagerly(step, {
    ...initialState(step, 1),
    ...batch,
  })
  near(t, mean!, MEAN, 'mean')
  near(t, variance!, [0.9 + 28 / 70, 0.9 + 24 / 70, 0.9], 'variance')
})
