import { openSession } from '@tiny-face/onnx-session'
import t from 'tap'
import { exportOnnx } from '../../../src/targets/onnx/export.js'
import { decodeModel } from '../../../src/targets/onnx/model.js'
import { graphOf, near, randomValues, runGraph, TARGETS, tensorValue } from './one-kernel.js'

const BATCH = 7919

/** conv 3x3 -> PReLU -> flatten -> matmul. */
function network(batch: number) {
  const value = (shape: number[], layout?: 'nchw') => tensorValue({ shape, layout })
  const [input, w, alpha, dense] = [value([batch, 6, 5, 3]), value([3, 3, 3, 4]), value([4]), value([1, 120, 8])]
  const [image, y, z, back] = [
    value([batch, 6, 5, 3], 'nchw'),
    value([batch, 6, 5, 4], 'nchw'),
    value([batch, 6, 5, 4], 'nchw'),
    value([batch, 6, 5, 4]),
  ]
  const [flat, product, embedding] = [value([1, batch, 120]), value([1, batch, 8]), value([batch, 8])]
  const nodes = [
    { op: 'LayoutChange', inputs: [input], outputs: [image], attributes: { from: 'plain', to: 'nchw' } },
    { op: 'Conv2D', inputs: [image, w], outputs: [y], attributes: { strides: 1, pad: 'same' } },
    { op: 'Prelu', inputs: [y, alpha], outputs: [z], attributes: {} },
    { op: 'LayoutChange', inputs: [z], outputs: [back], attributes: { from: 'nchw', to: 'plain' } },
    { op: 'Reshape', inputs: [back], outputs: [flat], attributes: { shape: [1, batch, 120] } },
    {
      op: 'BatchMatMul',
      inputs: [flat, dense],
      outputs: [product],
      attributes: { transposeA: false, transposeB: false },
    },
    { op: 'Reshape', inputs: [product], outputs: [embedding], attributes: { shape: [batch, 8] } },
  ]
  return graphOf(nodes, { input, w, alpha, dense }, { embedding })
}

const weights = { w: randomValues(108), alpha: randomValues(4, 2), dense: randomValues(960, 3) }

t.test('an exported network: standard operators, weights inside, any batch, images in NCHW', async t => {
  const bytes = exportOnnx(network(BATCH), {
    weights,
    dynamicBatch: BATCH,
    metadata: { preprocessing: '{"order":"RGB"}' },
  })
  const model = decodeModel(bytes)
  t.same(
    model.opsetImport.map(({ domain }) => domain),
    [''],
    'no operators but the standard ones',
  )
  t.same(model.metadataProps, [{ key: 'preprocessing', value: '{"order":"RGB"}' }])
  t.same(
    model.graph.input.map(({ name }) => name),
    ['input'],
  )
  const dims = (info: (typeof model.graph.input)[number]) =>
    info.type.tensorType.shape.dim.map(dim => dim.dimParam || dim.dimValue)
  t.same(dims(model.graph.input[0]!), ['batch', 3, 6, 5])
  t.same(dims(model.graph.output[0]!), ['batch', 8])
  t.same(
    model.graph.node.filter(({ opType }) => opType === 'Transpose').length,
    2,
    'w to OIHW and the image to NHWC before it is flattened',
  )

  const session = await openSession(bytes)
  for (const batch of [1, 3]) {
    const image = randomValues(batch * 90, 4)
    const nchw = Float32Array.from({ length: batch * 90 }, (_, i) => {
      const [n, c, p] = [Math.floor(i / 90), Math.floor((i % 90) / 30), i % 30]
      return image[n * 90 + p * 3 + c]!
    })
    const result = await session.run({
      input: { dtype: 'float32', shape: [batch, 3, 6, 5], data: nchw as Float32Array<ArrayBuffer> },
    })
    const expected = await runGraph(network(batch), { input: image, ...weights }, (await TARGETS).plain!)
    t.same(result.embedding!.shape, [batch, 8])
    near(t, result.embedding!.data as Float32Array, expected.embedding!, `batch ${batch}`)
  }
  await session.close()
})

t.test('what cannot be exported is said', async t => {
  t.throws(() => exportOnnx(network(BATCH), { weights: { v: randomValues(1) }, dynamicBatch: BATCH }), {
    message: /weight v is no input/,
  })
  const [x, y] = [tensorValue({ shape: [BATCH, 3] }), tensorValue({ shape: [BATCH, 3] })]
  const graph = graphOf([{ op: 'ZerosLike', inputs: [x], outputs: [y], attributes: {} }], { x }, { y })
  t.throws(() => exportOnnx(graph, { weights: {}, dynamicBatch: BATCH }), {
    message: /cannot be made for a batch of any size/,
  })
})
