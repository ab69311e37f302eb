import t from 'tap'
import type { Attribute } from '../../../src/graph/graph.js'
import { compareKernel, randomValues } from '../one-kernel.js'

const cases: [number[], number[], Record<string, Attribute>][] = [
  [[2, 6, 8, 3], [2, 3, 4, 3], { filterSize: 2, strides: 2, pad: 'valid' }],
  [[2, 7, 5, 3], [2, 4, 3, 3], { filterSize: 3, strides: 2, pad: 'same' }],
  [[2, 7, 5, 3], [2, 7, 5, 3], { filterSize: [3, 3], strides: 1, pad: 'same' }],
]

t.test('poolings and gradients; of equal maxima the first takes all', async t => {
  for (const [shape, out, attributes] of cases) {
    // many zeros, as after a ReLU
    const x = { shape, values: randomValues(shape.reduce((a, b) => a * b)).map(value => Math.max(0, value)) }
    const dy = { shape: out }
    for (const op of ['MaxPool', 'AvgPool']) await compareKernel(t, op, { x }, attributes)
    await compareKernel(t, 'MaxPoolGrad', { dy, input: x, output: { shape: out } }, attributes)
    await compareKernel(t, 'AvgPoolGrad', { dy, input: x }, attributes)
  }
})
