import * as tf from '@tensorflow/tfjs-core'
import t from 'tap'
import { sumOfSquares } from '../../../src/index.js'
import { compareKernel } from '../one-kernel.js'

const image = [2, 3, 5, 4] as const

t.test('reductions over every set of axes, kept or not, in every layout', async t => {
  for (const axis of [[0], [3], [1], [2, 1], [0, 1, 2], [1, 3], [0, 1, 2, 3]])
    await compareKernel(t, 'Sum', { x: { shape: image } }, { axis, keepDims: false })
  for (const axis of [[0, 1, 2], 3])
    await compareKernel(t, 'Sum', { x: { shape: [3, 2, 4, 5] } }, { axis, keepDims: true })
  await compareKernel(t, 'Mean', { x: { shape: image } }, { axis: [1, 2], keepDims: false })
  await compareKernel(t, 'Mean', { x: { shape: [3, 7] } }, { axis: 1, keepDims: false })
  await compareKernel(t, 'Sum', { x: { shape: [7] } }, { axis: null as never, keepDims: false })
  await compareKernel(t, 'Max', { x: { shape: [3, 7] } }, { reductionIndices: [1], keepDims: false })
  await compareKernel(t, 'Min', { x: { shape: [3, 7] } }, { axis: [1], keepDims: false })
  await compareKernel(t, 'Prod', { x: { shape: [3, 7] } }, { axis: [0], keepDims: false })
  for (const op of ['Any', 'All'])
    await compareKernel(
      t,
      op,
      { x: { shape: [2, 3], dtype: 'bool', values: Uint8Array.of(1, 0, 1, 1, 1, 1) } },
      { axis: [1], keepDims: false },
    )
})

t.test('ArgMax and ArgMin take the first of equals', async t => {
  const values = Float32Array.of(1, 3, 3, 0, 0, 2)
  for (const op of ['ArgMax', 'ArgMin'])
    for (const axis of [0, 1]) await compareKernel(t, op, { x: { shape: [2, 3], values } }, { axis })
})

t.test('the sum of squares over all elements, however x lies', async t => {
  t.equal(sumOfSquares(tf.tensor1d([1, -2])).dataSync()[0], 5)
  // The largest is of two strips, a part of one, and a part of a row.
  for (const shape of [[7], [3, 5], image, [1, 1, 16, 16], [], [65_536], [3, 90_001]])
    await compareKernel(t, 'SumOfSquares', { x: { shape } }, {})
})
