import '@tensorflow/tfjs-backend-cpu'
import * as tf from '@tensorflow/tfjs-core'
import t from 'tap'
import { dropout, fillDropoutMask } from '../../src/kernels/dropout.js'

tf.setBackend('cpu')

// By the formula at the head of dropout.ts, in Python's whole numbers.
const GOLDEN = [
  '11001111100111100010100100010000',
  '01011110011011101111110110111011',
  '11011000001101110111111010110111',
]

const SIZE = 1_000_000
const RATE = 0.4
const KEPT = 1 - RATE
const VARIANCE = RATE * KEPT

/** 1 for each element that is kept. */
function maskOf(random: number, salt = 0, rate = RATE, size = SIZE): Uint8Array {
  const mask = new Uint8Array(size)
  fillDropoutMask(mask, random, { rate, salt }, 1)
  return mask
}

/** How far the share that is kept is from the right one, in standard deviations of that many coins. */
function shareOff(mask: Uint8Array, rate = RATE): number {
  const kept = mask.reduce((sum, value) => sum + value, 0)
  return (kept - mask.length * (1 - rate)) / Math.sqrt(mask.length * rate * (1 - rate))
}

/** The correlation of one mask with another, `lag` elements on, in standard deviations of that of independent coins. */
function correlation(a: Uint8Array, b: Uint8Array, lag = 0): number {
  const count = a.length - lag
  let sum = 0
  for (let i = 0; i < count; i++) sum += (a[i]! - KEPT) * (b[i + lag]! - KEPT)
  return sum / VARIANCE / Math.sqrt(count)
}

t.test('the share that is kept is 1 - rate, within 4 standard deviations of a million', async t => {
  for (const rate of [0.1, 0.25, 0.4, 0.5, 0.9])
    for (const random of [0, 1, 12345, 2 ** 31 - 1]) {
      const off = shareOff(maskOf(random, 0, rate), rate)
      t.ok(Math.abs(off) < 4, `rate ${rate}, random ${random}: ${off.toFixed(2)}`)
    }
  t.ok(
    maskOf(1, 0, 0, 1000).every(value => value === 1),
    'rate 0 keeps everything',
  )
})

// 25088 = 7 x 7 x 512 elements are an image of the networks that drop out, 512 a pixel, 3584 a row; 16384 a block.
const LAGS = [1, 2, 3, 4, 8, 64, 511, 512, 513, 3584, 16383, 16384, 16385, 23159, 25088, 32768, 50176, 250_880]
// 18 lags x 5 steps: 4.3 is passed once in 600 runs of true coins. The masks are fixed, so this either holds or does not.
const BOUND = 4.3

t.test('neighbours, channels, pixels, rows and images of one mask are not correlated', async t => {
  for (const random of [0, 1, 2, 777, 1_000_000_007]) {
    const mask = maskOf(random)
    for (const lag of LAGS) {
      const off = correlation(mask, mask, lag)
      t.ok(Math.abs(off) < BOUND, `random ${random}, lag ${lag}: ${off.toFixed(2)}`)
    }
  }
})

t.test('masks of consecutive steps, and of layers, are not correlated at any of the lags', async t => {
  for (const random of [0, 16383, 500_000]) {
    const mask = maskOf(random)
    const others = {
      'next step': maskOf(random + 1),
      'step after': maskOf(random + 2),
      'next layer': maskOf(random, 1),
    }
    for (const [name, other] of Object.entries(others))
      for (const lag of [0, 1, 2, 512, 16384, 25088]) {
        const off = correlation(mask, other, lag)
        t.ok(Math.abs(off) < BOUND, `random ${random}, ${name}, lag ${lag}: ${off.toFixed(2)}`)
      }
  }
})

t.test('one element over many steps: the right share, and nothing to tell from the step before', async t => {
  const steps = Array.from({ length: 20_000 }, (_, random) => maskOf(random, 0, RATE, 8))
  for (let element = 0; element < 8; element++) {
    const series = Uint8Array.from(steps, mask => mask[element]!)
    t.ok(Math.abs(shareOff(series)) < 4, `element ${element}`)
    for (const lag of [1, 2, 3, 100]) t.ok(Math.abs(correlation(series, series, lag)) < BOUND, `lag ${lag}`)
  }
})

t.test('pairs and triples of neighbours come in the shares of coins', async t => {
  const counts = new Float64Array(8)
  const mask = maskOf(42)
  for (let i = 0; i + 2 < SIZE; i += 3) counts[4 * mask[i]! + 2 * mask[i + 1]! + mask[i + 2]!]!++
  const triples = Math.floor(SIZE / 3)
  const chi2 = counts.reduce((sum, count, pattern) => {
    const ones = [4, 2, 1].filter(bit => pattern & bit).length
    const expected = triples * KEPT ** ones * RATE ** (3 - ones)
    return sum + (count - expected) ** 2 / expected
  }, 0)
  // 7 degrees of freedom: 24.3 is passed once in a thousand.
  t.ok(chi2 < 24.3, `chi-square ${chi2.toFixed(1)}`)
})

t.test('the values written down here never change: runs are repeated by them', async t => {
  const bits = (random: number, salt: number) => maskOf(random, salt, RATE, 32).join('')
  t.strictSame([bits(0, 0), bits(1, 0), bits(2 ** 31 - 1, 3)], GOLDEN)
})

t.test('the kernel on tfjs draws the same mask, over block borders too', async t => {
  for (const shape of [[5], [3, 7, 7, 512], [2, 25088], [1, 16384], [16385], []]) {
    const size = shape.reduce((product, extent) => product * extent, 1)
    const x = Float32Array.from({ length: size }, (_, i) => (i % 1000) - 499.5)
    for (const random of [0, 2 ** 31 - 1]) {
      const mask = new Float32Array(size)
      fillDropoutMask(mask, random, { rate: 0.3, salt: 7 })
      const y = dropout(tf.tensor(x, shape), tf.scalar(random, 'int32'), { rate: 0.3, salt: 7 })
      t.strictSame(y.shape, shape)
      t.ok(
        y.dataSync().every((value, i) => value === Math.fround(x[i]! * mask[i]!)),
        `[${shape}] ${random}`,
      )
    }
  }
})

t.test('its gradient is the same mask; it leaves no tensor behind', async t => {
  const random = tf.scalar(11, 'int32')
  const attributes = { rate: 0.4, salt: 2 }
  const [x, dy] = [tf.randomNormal([4, 30], 0, 1, 'float32', 1), tf.randomNormal([4, 30], 0, 1, 'float32', 2)]
  const before = tf.memory().numTensors
  const found = tf.grad(x => dropout(x, random, attributes))(x, dy)
  const expected = dropout(dy, random, attributes)
  t.strictSame([...found.dataSync()], [...expected.dataSync()])
  tf.dispose([found, expected])
  t.equal(tf.memory().numTensors, before)
})

t.test('a rate or salt out of bounds is refused', async t => {
  const x = tf.zeros([2])
  const random = tf.scalar(0, 'int32') as tf.Scalar
  for (const rate of [-0.1, 1, Number.NaN]) t.throws(() => dropout(x, random, { rate, salt: 0 }), /dropout rate/)
  for (const salt of [-1, 0.5, 16384]) t.throws(() => dropout(x, random, { rate: 0.5, salt }), /salt/)
})
