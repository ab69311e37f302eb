import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import t, { type Test } from 'tap'
import { onnxModel } from '../../onnx-session/test/onnx-model.js'
import { openOnnxModel } from '../src/open-onnx-model.js'
import { formatPreprocess, PREPROCESS_KEY, PRESETS, preprocessOf } from '../src/preprocess.js'
import { tinyEmbedder } from './tiny-embedder.js'

function saved(t: Test, model: Uint8Array): string {
  const file = join(t.testdir({}), 'model.onnx')
  writeFileSync(file, model)
  return file
}

t.test('layout, size and batch from the input', async t => {
  const nchw = await openOnnxModel(saved(t, tinyEmbedder(['batch', 3, 4, 5])), { preprocess: 'arcface' })
  t.match(nchw.shape, { layout: 'nchw', height: 4, width: 5 })
  t.equal(nchw.batch, null)
  t.same(nchw.normalisation, PRESETS.arcface)
  const nhwc = await openOnnxModel(saved(t, tinyEmbedder([8, 4, 5, 3])), { preprocess: 'mxnet-bgr', threads: 1 })
  t.match(nhwc.shape, { layout: 'nhwc', height: 4, width: 5 })
  t.equal(nhwc.batch, 8)
})

t.test('the normalisation from the metadata, unless one is named', async t => {
  const metadata = { [PREPROCESS_KEY]: formatPreprocess({ ...preprocessOf('mxnet-bgr'), size: 4 }) }
  const file = saved(t, tinyEmbedder(['batch', 3, 4, 4], metadata))
  t.match(await openOnnxModel(file), { normalisation: PRESETS['mxnet-bgr'], alignment: 'arcface' })
  t.match((await openOnnxModel(file, { preprocess: 'imagenet' })).normalisation, PRESETS.imagenet)
  const dlib = formatPreprocess({ ...preprocessOf('mxnet-bgr'), size: 4, alignment: 'dlib' })
  t.equal((await openOnnxModel(saved(t, tinyEmbedder([8, 3, 4, 4], { [PREPROCESS_KEY]: dlib })))).alignment, 'dlib')
})

t.test('models that cannot be used say why', async t => {
  const unknown = saved(t, tinyEmbedder(['batch', 3, 4, 4]))
  await t.rejects(openOnnxModel(unknown), {
    name: 'DataError',
    message:
      /name it with --preprocess \(arcface, mxnet, mxnet-bgr, imagenet, face-api, raw, or order=, mean= and std=\), or let --sweep find it$/,
  })

  const metadata = { [PREPROCESS_KEY]: formatPreprocess({ ...preprocessOf('mxnet-bgr'), size: 5 }) }
  await t.rejects(openOnnxModel(saved(t, tinyEmbedder(['batch', 3, 4, 4], metadata))), {
    message: /expected the input that its tiny_face.preprocess names, nchw of 5x5, found face float32 \[\*, 3, 4, 4\]$/,
  })
  await t.rejects(openOnnxModel(saved(t, tinyEmbedder([1, 2, 4, 4])), { preprocess: 'mxnet-bgr' }), {
    message: /expected an input of \[batch, 3, height, width\] or .*, found face float32 \[1, 2, 4, 4\]$/,
  })

  const x = { name: 'x', dtype: 'float32' as const, shape: [1, 3, 4, 4] }
  const y = { ...x, name: 'y' }
  const noVector = onnxModel({ inputs: [x], outputs: [y], nodes: [{ op: 'Relu', inputs: ['x'], outputs: ['y'] }] })
  await t.rejects(openOnnxModel(saved(t, noVector), { preprocess: 'mxnet-bgr' }), {
    message: /expected an output of \[batch, size\] numbers, found y float32 \[1, 3, 4, 4\]$/,
  })
  const two = onnxModel({
    inputs: [x, { ...x, name: 'x2' }],
    outputs: [y],
    nodes: [{ op: 'Add', inputs: ['x', 'x2'], outputs: ['y'] }],
  })
  await t.rejects(openOnnxModel(saved(t, two), { preprocess: 'mxnet-bgr' }), {
    message: /expected a model with one input, apart from flags, found 2: /,
  })
})
