import t from 'tap'
import { openSession } from '../src/index.js'
import { type ModelSpec, onnxModel } from './onnx-model.js'

/** A convolution of 3x3 ones (its weights listed as an input, too, as old models do) and its maximum over 2x2. */
const FIXED: ModelSpec = {
  inputs: [
    { name: 'image', dtype: 'float32', shape: [1, 1, 4, 4] },
    { name: 'weights', dtype: 'float32', shape: [1, 1, 3, 3] },
  ],
  outputs: [{ name: 'pooled', dtype: 'float32', shape: [1, 1, 2, 2] }],
  nodes: [
    { op: 'Conv', inputs: ['image', 'weights'], outputs: ['sums'], attributes: { pads: [1, 1, 1, 1] } },
    { op: 'MaxPool', inputs: ['sums'], outputs: ['pooled'], attributes: { kernel_shape: [2, 2], strides: [2, 2] } },
  ],
  constants: { weights: { shape: [1, 1, 3, 3], data: new Float32Array(9).fill(1) } },
}

t.test('a model of one size runs on any with free sizes, and on no other without', async t => {
  const image = { dtype: 'float32', shape: [1, 1, 2, 6], data: Float32Array.from({ length: 12 }, (_, i) => i) } as const
  const fixed = await openSession(onnxModel(FIXED))
  await t.rejects(fixed.run({ image }), { name: 'TypeError' })
  await fixed.close()
  const free = await openSession(onnxModel(FIXED), { freeSizes: true })
  t.same(
    free.inputs.find(({ name }) => name === 'image'),
    { name: 'image', dtype: 'float32', shape: [1, 1, null, null] },
    'batch and channels stay',
  )
  const { pooled } = await free.run({ image })
  // Rows 0..5 and 6..11: a sum over three columns of both rows is 6 x + 18, the last column has two: 4 + 5 + 10 + 11.
  t.same(pooled, { dtype: 'float32', shape: [1, 1, 1, 3], data: Float32Array.of(24, 36, 42) })
  await t.rejects(free.run({ image: { ...image, shape: [1, 2, 1, 6] } }), { name: 'TypeError' })
  await free.close()
})

t.test('a model that does hold its operators to one size fails when it runs', async t => {
  const session = await openSession(
    onnxModel({
      inputs: [{ name: 'x', dtype: 'float32', shape: [1, 1, 2, 2] }],
      outputs: [{ name: 'y', dtype: 'float32', shape: [4] }],
      nodes: [{ op: 'Reshape', inputs: ['x', 'four'], outputs: ['y'] }],
      constants: { four: { shape: [1], data: BigInt64Array.of(4n) } },
    }),
    { freeSizes: true },
  )
  const six = { dtype: 'float32', shape: [1, 1, 2, 3], data: new Float32Array(6) } as const
  await t.rejects(session.run({ x: six }), { name: 'DataError', message: /the model failed/ })
  await session.close()
})
