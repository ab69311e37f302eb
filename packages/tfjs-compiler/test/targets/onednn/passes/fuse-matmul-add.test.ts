import '@tensorflow/tfjs-backend-cpu'
import * as tf from '@tensorflow/tfjs-core'
import { loadLibrary } from '@tiny-face/onednn-session'
import t from 'tap'
import { cleanGraph, printGraph, trace } from '../../../../src/index.js'
import { buildStep } from '../../../../src/targets/onednn/build-step.js'
import { fuseMatMulAdd } from '../../../../src/targets/onednn/passes/fuse-matmul-add.js'
import { onednnLibrary } from '../onednn-library.js'

type Tensors = Record<string, tf.Tensor>

const inputs = {
  a: { shape: [3, 4], dtype: 'float32' as const },
  b: { shape: [4, 5], dtype: 'float32' as const },
  c: { shape: [3, 5], dtype: 'float32' as const },
}
const graphOf = (run: (inputs: Tensors) => Tensors) => cleanGraph(trace(run, inputs))
const nodes = (run: (inputs: Tensors) => Tensors) =>
  printGraph(fuseMatMulAdd(graphOf(run)))
    .split('\n')
    .filter(line => !line.startsWith('input') && !line.startsWith('output'))
    .map(line => line.replace(/ \{.*/, ''))

const sum = ({ a, b, c }: Tensors) => ({ y: tf.add(tf.mul(c!, c!), tf.matMul(a as tf.Tensor2D, b as tf.Tensor2D)) })

t.test('a product that is added to something adds to what lies there', async t => {
  t.same(nodes(sum).slice(-2), ['d:f32[3,5] = Multiply(c, c)', 'e:f32[3,5] = MatMulAdd(a, b, d)'])
  t.match(
    nodes(({ a, b, c }) => ({ y: tf.add(c!, tf.matMul(a as tf.Tensor2D, b as tf.Tensor2D)) })).at(-1)!,
    'Add(',
    'an input is never written to',
  )
  const twice = ({ a, b, c }: Tensors) => {
    const product = tf.matMul(a as tf.Tensor2D, b as tf.Tensor2D)
    return { product, y: tf.add(tf.mul(c!, c!), product) }
  }
  t.match(nodes(twice).at(-1)!, 'Add(', 'a product that others read stays')
  const asImage = ({ a, b, c }: Tensors) => {
    const product = tf.reshape(tf.matMul(a as tf.Tensor2D, b as tf.Tensor2D), [3, 1, 1, 5])
    return { y: tf.add(product, tf.reshape(tf.mul(c!, c!), [3, 1, 1, 5])) }
  }
  t.match(nodes(asImage).at(-1)!, 'Add(', 'a product that is seen as an image stays')
})

t.test('it computes the sum', { skip: onednnLibrary === undefined }, async t => {
  const step = buildStep(
    loadLibrary(onednnLibrary!),
    { imageLayout: 'acdb', precision: 'f32' },
    { graph: graphOf(sum), state: new Map(), constants: [] },
  )
  const a = Float32Array.from({ length: 12 }, (_, i) => i - 5)
  const b = Float32Array.from({ length: 20 }, (_, i) => i % 7)
  const c = Float32Array.from({ length: 15 }, (_, i) => i / 4)
  const expected = Array.from({ length: 15 }, (_, i) => {
    let sum = c[i]! ** 2
    for (let k = 0; k < 4; k++) sum += a[4 * Math.floor(i / 5) + k]! * b[5 * k + (i % 5)]!
    return sum
  })
  for (let round = 0; round < 2; round++) t.same(step.run({ a, b, c }).y, Float32Array.from(expected))
  step.close()
})
