/** The whole kernels against the same computed from their definitions in float64. */
import t from 'tap'
import type { Attribute } from '../../../src/graph/graph.js'
import type { Layout } from '../../../src/targets/onnx/physical-graph.js'
import { type Given, graphOf, near, randomValues, runGraph, TARGETS, tensorValue } from './one-kernel.js'

type Numbers = ArrayLike<number>

/** Runs one kernel with several outputs on every target, images in either layout; calls back with what came out. */
async function everyWay(
  op: string,
  inputs: Record<string, Given & { values: Float32Array }>,
  outputs: Record<string, readonly number[]>,
  attributes: Record<string, Attribute>,
  check: (found: Record<string, Numbers>, way: string) => void,
) {
  for (const [name, target] of Object.entries(await TARGETS))
    for (const layout of ['plain', 'nchw'] satisfies Layout[]) {
      const given = Object.entries(inputs).map(([key, one]) => [key, tensorValue(one)] as const)
      const out = Object.entries(outputs).map(([key, shape]) => [key, tensorValue({ shape })] as const)
      const changes = given.map(([, value]) => {
        const to = value.shape.length === 4 ? layout : 'plain'
        return {
          op: 'LayoutChange',
          inputs: [value],
          outputs: [{ ...value, layout: to }],
          attributes: { from: 'plain', to },
        }
      })
      const node = {
        op,
        inputs: changes.map(change => change.outputs[0]!),
        outputs: out.map(([, value]) => value),
        attributes,
      }
      const graph = graphOf([...changes, node], Object.fromEntries(given), Object.fromEntries(out))
      const feeds = Object.fromEntries(Object.entries(inputs).map(([key, one]) => [key, one.values]))
      check(await runGraph(graph, feeds, target), `${op} [${given[0]![1].shape}] ${layout} ${name}`)
    }
}

const shapes = [
  [3, 5, 7, 4],
  [2, 4, 4, 8],
  [2, 7, 7, 16],
  [4, 8, 16, 3],
  [6, 10],
]
const count = (shape: readonly number[]) => shape.reduce((a, b) => a * b)

function statistics(x: Numbers, channels: number) {
  const rows = x.length / channels
  const mean = Array.from({ length: channels }, (_, c) => sum(rows, row => x[row * channels + c]!) / rows)
  const variance = mean.map((m, c) => sum(rows, row => (x[row * channels + c]! - m) ** 2) / rows)
  return { rows, mean, variance }
}

function sum(length: number, term: (index: number) => number): number {
  let total = 0
  for (let index = 0; index < length; index++) total += term(index)
  return total
}

const epsilon = 1e-3

t.test('BatchNorm, also where the mean is a thousand deviations', async t => {
  for (const shift of [0, 300])
    for (const shape of shapes) {
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
  for (const shape of shapes) {
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

t.test('Prelu and PreluGrad, slopes above 1 and below 0 too', async t => {
  for (const shape of shapes) {
    const channels = shape.at(-1)!
    const [x, dy] = [randomValues(count(shape)), randomValues(count(shape), 4)]
    const alpha = randomValues(channels, 2).map(value => 2 * value)
    const given = { x: { shape, values: x }, alpha: { shape: [channels], values: alpha } }
    const y = Array.from(x, (value, i) => (value > 0 ? value : alpha[i % channels]! * value))
    await everyWay('Prelu', given, { y: shape }, {}, (found, way) => near(t, found.y!, y, way))
    const dx = Array.from(dy, (g, i) => (x[i]! > 0 ? g : alpha[i % channels]! * g))
    const dalpha = Array.from(alpha, (_, c) =>
      sum(x.length / channels, row => Math.min(0, x[row * channels + c]!) * dy[row * channels + c]!),
    )
    await everyWay(
      'PreluGrad',
      { dy: { shape, values: dy }, ...given },
      { dx: shape, dalpha: [channels] },
      {},
      (found, way) => {
        near(t, found.dx!, dx, `${way} dx`)
        near(t, found.dalpha!, dalpha, `${way} dalpha`)
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
