/** Batch norm against the same computed from their definitions in float64. */
import t from 'tap'
import { count, near, randomValues } from '../one-kernel.js'
import { everyWay, type Numbers, SHAPES, sum } from './every-way.js'

function statistics(x: Numbers, channels: number) {
  const rows = x.length / channels
  const mean = Array.from({ length: channels }, (_, c) => sum(rows, row => x[row * channels + c]!) / rows)
  const variance = mean.map((m, c) => sum(rows, row => (x[row * channels + c]! - m) ** 2) / rows)
  return { rows, mean, variance }
}

const epsilon = 1e-3

t.test('BatchNorm, also where the mean is a thousand deviations', async t => {
  for (const shift of [0, 300])
    for (const shape of SHAPES) {
      const channels = shape.at(-1)!
      const x = randomValues(count(shape)).map(value => value * 0.5 + shift)
      const [scale, offset] = [randomValues(channels, 2), randomValues(channels, 3)]
      const { mean, variance } = statistics(x, channels)
      const y = Array.from(x, (value, i) => {
        const c = i % channels
        return ((value - mean[c]!) / Math.sqrt(variance[c]! + epsilon)) * scale[c]! + offset[c]!
      })
      await everyWay(
        'BatchNorm',
        {
          x: { shape, values: x },
          scale: { shape: [channels], values: scale },
          offset: { shape: [channels], values: offset },
        },
        { y: shape, mean: [channels], variance: [channels] },
        { epsilon },
        (found, way) => {
          // the mean itself is only known to float32's 2^-24 of 300
          const tolerance = shift ? 3e-4 : 1e-5
          near(t, found.mean!, mean, `${way} mean`)
          near(t, found.variance!, variance, `${way} variance, shifted by ${shift}`, tolerance)
          near(t, found.y!, y, `${way} y, shifted by ${shift}`, tolerance)
        },
      )
    }
})

t.test('BatchNormGrad', async t => {
  for (const shape of SHAPES) {
    const channels = shape.at(-1)!
    const [x, dy] = [randomValues(count(shape)).map(value => value + 2), randomValues(count(shape), 4)]
    const scale = randomValues(channels, 2)
    const { rows, mean, variance } = statistics(x, channels)
    const xhat = Array.from(
      x,
      (value, i) => (value - mean[i % channels]!) / Math.sqrt(variance[i % channels]! + epsilon),
    )
    const doffset = mean.map((_, c) => sum(rows, row => dy[row * channels + c]!))
    const dscale = mean.map((_, c) => sum(rows, row => dy[row * channels + c]! * xhat[row * channels + c]!))
    const dx = Array.from(dy, (g, i) => {
      const c = i % channels
      return (scale[c]! / Math.sqrt(variance[c]! + epsilon)) * (g - doffset[c]! / rows - (xhat[i]! * dscale[c]!) / rows)
    })
    const vector = { shape: [channels] }
    await everyWay(
      'BatchNormGrad',
      {
        dy: { shape, values: dy },
        x: { shape, values: x },
        scale: { ...vector, values: scale },
        mean: { ...vector, values: Float32Array.from(mean) },
        variance: { ...vector, values: Float32Array.from(variance) },
      },
      { dx: shape, dscale: [channels], doffset: [channels] },
      { epsilon },
      (found, way) => {
        near(t, found.dx!, dx, `${way} dx`)
        near(t, found.dscale!, dscale, `${way} dscale`)
        near(t, found.doffset!, doffset, `${way} doffset`)
      },
    )
  }
})

t.test('FusedBatchNorm normalises by the statistics it is given', async t => {
  const shape = [2, 3, 5, 4]
  const [x, scale, offset, mean] = [randomValues(120), randomValues(4, 2), randomValues(4, 3), randomValues(4, 4)]
  const variance = randomValues(4, 5).map(value => value * value)
  const y = Array.from(
    x,
    (value, i) => ((value - mean[i % 4]!) / Math.sqrt(variance[i % 4]! + 0.01)) * scale[i % 4]! + offset[i % 4]!,
  )
  const vectors = { scale, offset, mean, variance }
  const given = Object.fromEntries(Object.entries(vectors).map(([name, values]) => [name, { shape: [4], values }]))
  await everyWay(
    'FusedBatchNorm',
    { x: { shape, values: x }, ...given },
    { y: shape },
    { varianceEpsilon: 0.01 },
    (found, way) => near(t, found.y!, y, way),
  )
})
