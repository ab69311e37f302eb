import * as tf from '@tensorflow/tfjs-core'
import { openSession } from '@tiny-face/onnx-session'
import t from 'tap'
import { cleanGraph, exportOnnx, prelu, trace } from '../../../src/index.js'
import { decodeModel } from '../../../src/targets/onnx/model-file.js'
import type { Tensors } from '../../networks.js'
import { near, randomValues } from '../one-kernel.js'

const SHAPES = { w: [3, 3, 3, 4], alpha: [4], dense: [120, 8] }
const weights = { w: randomValues(108), alpha: randomValues(4, 2), dense: randomValues(960, 3) }

/** conv 3x3 -> PReLU -> flatten -> matmul. */
function network({ input, w, alpha, dense }: Tensors): Tensors {
  const y = prelu(tf.conv2d(input as tf.Tensor4D, w as tf.Tensor4D, 1, 'same'), alpha as tf.Tensor1D)
  return { embedding: tf.matMul(tf.reshape(y, [-1, 120]) as tf.Tensor2D, dense as tf.Tensor2D) }
}

const traced = () =>
  cleanGraph(
    trace(network, {
      input: { shape: ['batch', 6, 5, 3], dtype: 'float32' },
      ...Object.fromEntries(
        Object.entries(SHAPES).map(([name, shape]) => [name, { shape, dtype: 'float32' as const }]),
      ),
    }),
  )

t.test('an exported network: standard operators, weights inside, any batch, images in NCHW', async t => {
  const bytes = exportOnnx(traced(), { weights, metadata: { preprocessing: '{"order":"RGB"}' } })
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
    model.graph.node.map(({ opType }) => opType),
    ['Conv', 'Reshape', 'PRelu', 'Transpose', 'Reshape', 'Reshape', 'Gemm', 'Reshape'],
    'the image goes to NHWC before it is flattened, the filter lies in OIHW from the beginning',
  )

  const session = await openSession(bytes)
  for (const batch of [1, 3]) {
    const image = randomValues(batch * 90, 4)
    const nchw = Float32Array.from({ length: batch * 90 }, (_, i) => {
      const [n, c, p] = [Math.floor(i / 90), Math.floor((i % 90) / 30), i % 30]
      return image[n * 90 + p * 3 + c]!
    })
    const result = await session.run({ input: { dtype: 'float32', shape: [batch, 3, 6, 5], data: nchw } })
    const given = Object.entries(weights).map(([name, data]) => [name, tf.tensor(data, SHAPES[name as 'w'])] as const)
    const expected = network({ input: tf.tensor(image, [batch, 6, 5, 3]), ...Object.fromEntries(given) })
    t.same(result.embedding!.shape, [batch, 8])
    near(t, result.embedding!.data as Float32Array, expected.embedding!.dataSync(), `batch ${batch}`)
  }
  await session.close()
})

t.test('what cannot be exported is said', async t => {
  t.throws(() => exportOnnx(traced(), { weights: { v: randomValues(1) } }), { message: /weight v is no input/ })
  const graph = trace(({ x }) => ({ y: tf.zerosLike(x!) }), { x: { shape: ['batch', 3], dtype: 'float32' } })
  t.throws(() => exportOnnx(graph, { weights: {} }), { message: /cannot be made for a batch of any size/ })
})
