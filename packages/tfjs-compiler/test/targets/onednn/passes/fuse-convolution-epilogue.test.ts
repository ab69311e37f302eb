import * as tf from '@tensorflow/tfjs-core'
import { loadLibrary } from '@tiny-face/onednn-session'
import t from 'tap'
import { cleanGraph, type Graph, interpret, prelu, printGraph, trace } from '../../../../src/index.js'
import { buildStep } from '../../../../src/targets/onednn/build-step.js'
import { fuseConvolutionEpilogue } from '../../../../src/targets/onednn/passes/fuse-convolution-epilogue.js'
import { onednnLibrary } from '../onednn-library.js'
import '@tensorflow/tfjs-backend-cpu'

type Tensors = Record<string, tf.Tensor>

const C = 16
const vectors = ['scale', 'offset', 'mean', 'variance', 'slope'] as const
const shapes: Record<string, number[]> = {
  x: [2, 6, 5, C],
  other: [2, 6, 5, C],
  w: [3, 3, C, C],
  d: [3, 3, C, 1],
  ...Object.fromEntries(vectors.map(name => [name, [C]])),
}
const weights = Object.keys(shapes).filter(name => name !== 'x' && name !== 'other')

const dense = ({ x, w }: Tensors) => tf.conv2d(x as tf.Tensor4D, w as tf.Tensor4D, 1, 'same')
const depthwise = ({ x, d }: Tensors) => tf.depthwiseConv2d(x as tf.Tensor4D, d as tf.Tensor4D, 1, 'same')
const norm = (y: tf.Tensor4D, { mean, variance, offset, scale }: Tensors) =>
  tf.batchNorm(y, mean as tf.Tensor1D, variance as tf.Tensor1D, offset as tf.Tensor1D, scale as tf.Tensor1D, 1e-3)

const cases: Record<string, (inputs: Tensors) => Tensors> = {
  'a batch norm': inputs => ({ y: norm(dense(inputs), inputs) }),
  'a batch norm and a PReLU': inputs => ({ y: prelu(norm(dense(inputs), inputs), inputs.slope as tf.Tensor1D) }),
  'depthwise, and a PReLU': inputs => ({ y: prelu(norm(depthwise(inputs), inputs), inputs.slope as tf.Tensor1D) }),
  'a batch norm and a ReLU': inputs => ({ y: tf.relu(norm(dense(inputs), inputs)) }),
  'a batch norm and a ReLU6': inputs => ({ y: tf.relu6(norm(dense(inputs), inputs)) }),
  'a sum and its ReLU': inputs => ({ y: tf.relu(tf.add(norm(dense(inputs), inputs), inputs.other!)) }),
}
const used: Record<string, string[]> = {
  'a batch norm': [],
  'a batch norm and a PReLU': ['slope'],
  'depthwise, and a PReLU': ['slope'],
  'a batch norm and a ReLU': [],
  'a batch norm and a ReLU6': [],
  'a sum and its ReLU': ['other'],
}

const graphOf = (run: (inputs: Tensors) => Tensors): Graph =>
  cleanGraph(
    trace(
      run,
      Object.fromEntries(Object.entries(shapes).map(([name, shape]) => [name, { shape, dtype: 'float32' as const }])),
    ),
  )

const lines = (graph: Graph) =>
  printGraph(graph)
    .split('\n')
    .filter(line => !line.startsWith('input') && !line.startsWith('output'))
    .map(line => line.replace(/ \{.*/, ''))

/** Which primitives and loops compute a fused convolution, by a profile's names: `ConvolutionEpilogue convolution jit:avx2`. */
const kindsOf = (names: readonly string[]) =>
  names
    .map(name => name.split(' '))
    .filter(([op, kind]) => op === 'ConvolutionEpilogue' && kind !== 'reorder')
    .map(([, kind]) => kind)

t.test('a convolution takes in what follows it', async t => {
  for (const [name, run] of Object.entries(cases)) {
    const filter = name.startsWith('depthwise') ? 'd' : 'w'
    const fused = lines(fuseConvolutionEpilogue(graphOf(run)))
    const inputs = ['x', filter, 'scale', 'offset', 'mean', 'variance', ...used[name]!].join(', ')
    t.same(fused, [`a:f32[2,6,5,16] = ConvolutionEpilogue(${inputs})`], name)
  }
})

t.test('a result that others read is stored', async t => {
  const graph = graphOf(inputs => {
    const y = norm(dense(inputs), inputs)
    return { y, relu: tf.relu(y) }
  })
  t.same(
    lines(fuseConvolutionEpilogue(graph)).map(line => line.replace(/.* = /, '')),
    ['ConvolutionEpilogue(x, w, scale, offset, mean, variance)', 'Relu(a)'],
  )
  const both = graphOf(inputs => ({ c: dense(inputs), y: norm(dense(inputs), inputs) }))
  t.notMatch(lines(fuseConvolutionEpilogue(both)).join(), 'ConvolutionEpilogue')
})

t.test(
  'fused, it computes the same; weights are prepared anew when they are set',
  { skip: onednnLibrary === undefined },
  async t => {
    await tf.setBackend('cpu')
    const values = (seed: number) =>
      Object.fromEntries(
        Object.entries(shapes).map(([name, shape], at) => {
          const size = shape.reduce((product, extent) => product * extent, 1)
          const positive = name === 'variance'
          return [
            name,
            Float32Array.from(
              { length: size },
              (_, i) => (name === 'x' ? 300 : 1) * (Math.sin(seed + 1.3 * i + at) / 2 + (positive ? 1 : 0)),
            ),
          ]
        }),
      )
    for (const [name, run] of Object.entries(cases)) {
      const graph = graphOf(run)
      for (const image of ['aBcd16b', 'acdb'] as const) {
        const step = buildStep(
          loadLibrary(onednnLibrary!),
          { imageLayout: image, precision: 'f32' },
          { graph, state: new Map(), constants: weights },
        )
        for (const seed of [1, 2]) {
          const given = values(seed)
          step.setState(Object.fromEntries(weights.map(name => [name, given[name]!])))
          const { y } = step.run({ x: given.x!, other: given.other! })
          const expected = tf.tidy(() =>
            interpret(
              graph,
              Object.fromEntries(Object.entries(shapes).map(([key, shape]) => [key, tf.tensor(given[key]!, shape)])),
            ).y!.dataSync(),
          )
          const worst = Math.max(...Array.from(expected, (value, i) => Math.abs(y![i]! - value)))
          if (name.endsWith('ReLU6')) t.ok(Math.max(...expected) > 5, 'its bound is felt')
          t.ok(worst < 1e-5 * Math.max(1, ...expected), `${name}, ${image}, weights ${seed}: off by ${worst}`)
        }
        const names = step.profile({ x: values(1).x!, other: values(1).other! }).map(({ name }) => name)
        t.ok(
          names.length > 0 && !names.some(name => name.includes('loop factor')),
          'what is made of weights is made once',
        )
        // Where a processor has no primitive for it the parts are computed one by one; this order all have.
        if (image === 'acdb') t.strictSame(kindsOf(names), ['convolution'], `${name}: one primitive, not its parts`)
        step.close()
      }
    }
  },
)
