/** Which of oneDNN's primitives a kernel becomes, or that it is a loop: the numbers would be right either way, the time would not. */
import { loadLibrary } from '@tiny-face/onednn-session'
import t from 'tap'
import type { Attribute } from '../../../src/graph/graph.js'
import { UnsupportedKernel } from '../../../src/index.js'
import { buildStep } from '../../../src/targets/onednn/build-step.js'
import { count, type Given, near, oneNode, tensorValue, valuesOf } from '../one-kernel.js'
import { onednnLibrary } from './onednn-library.js'

interface Kernel {
  inputs: Given[]
  outputs: (readonly number[])[]
  attributes?: Record<string, Attribute>
}

/** What computes a kernel, without what brings tensors to where they have to lie, and the outputs. */
function lowered(op: string, { inputs, outputs, attributes = {} }: Kernel) {
  const graph = oneNode(
    op,
    inputs,
    attributes,
    outputs.map(shape => tensorValue({ shape })),
  )
  const plan = { graph, state: new Map<string, string>(), constants: [] }
  const step = buildStep(loadLibrary(onednnLibrary!), { imageLayout: 'aBcd16b', precision: 'f32' }, plan)
  const given = Object.fromEntries(inputs.map((input, i) => [`in${i}`, valuesOf(input, i)]))
  const names = step.profile(given).map(({ name }) => name.split(' '))
  const found = step.run(given)
  step.close()
  return { names: names.filter(([node, kind]) => node === op && kind !== 'reorder').map(([, kind]) => kind), found }
}

const image = [2, 3, 4, 16]
const x = { shape: image }
/** So many elements that a primitive is worth its call. */
const LARGE = [4, 32, 32, 16]
const INDICES = Int32Array.of(1, 0)
const WINDOW = { filterSize: [2, 2], strides: [1, 1], pad: 'valid' }

const KERNELS: [op: string, becomes: string | string[], kernel: Kernel][] = [
  ['Prelu', 'prelu', { inputs: [x, { shape: [16] }], outputs: [image] }],
  ['Prelu', 'prelu', { inputs: [x, { shape: [1, 1, 16] }], outputs: [image] }],
  ['Prelu', 'loop', { inputs: [x, { shape: [4, 1] }], outputs: [image] }],
  ['Prelu', 'loop', { inputs: [{ shape: [2, 3, 4, 3] }, { shape: [3, 1, 1] }], outputs: [[2, 3, 4, 3]] }],
  ['Prelu', 'loop', { inputs: [{ shape: [4, 16] }, { shape: [16] }], outputs: [[4, 16]] }],
  ['PreluGrad', 'preluBackward', { inputs: [x, x, { shape: [16] }], outputs: [image, [16]] }],
  [
    'PreluGrad',
    ['loop', 'loop'],
    { inputs: [{ shape: [4, 16] }, { shape: [4, 16] }, { shape: [16] }], outputs: [[4, 16], [16]] },
  ],
  ['Relu', 'eltwise', { inputs: [x], outputs: [image] }],
  ['ReluGrad', 'eltwiseBackward', { inputs: [x, x], outputs: [image] }],
  ['Relu6Grad', 'eltwiseBackward', { inputs: [x, x], outputs: [image] }],
  ['MaxPool', 'pooling', { inputs: [x], outputs: [[2, 2, 3, 16]], attributes: WINDOW }],
  [
    'GatherV2',
    'loop',
    { inputs: [x, { shape: [2], dtype: 'int32', values: INDICES }], outputs: [[2, 3, 4, 16]], attributes: { axis: 0 } },
  ],
]

t.test('what a kernel becomes', { skip: onednnLibrary === undefined }, async t => {
  for (const [op, becomes, kernel] of KERNELS) {
    const shapes = kernel.inputs.map(({ shape }) => `[${shape}]`).join(' ')
    t.strictSame(lowered(op, kernel).names, [becomes].flat(), `${op} ${shapes}`)
  }
})

t.test('a sum that a ReLU follows', { skip: onednnLibrary === undefined }, async t => {
  for (const [becomes, shape] of [
    ['loop', image],
    ['binary', LARGE],
  ] as const) {
    const size = count(shape)
    const given = [0, 1].map(i => ({ shape, values: Float32Array.from({ length: size }, (_, k) => (k % 5) - 3 * i) }))
    const expected = Array.from(given[0]!.values, (value, k) => Math.max(0, value + given[1]!.values[k]!))
    t.ok(expected.includes(0) && expected.some(value => value > 0))
    const { names, found } = lowered('AddRelu', { inputs: given, outputs: [shape] })
    t.strictSame(names, [becomes])
    near(t, found.out0!, expected, becomes)
  }
})

t.test('a gather of batches is said to be none of its', { skip: onednnLibrary === undefined }, async t => {
  const kernel = { inputs: [x, { shape: [2], dtype: 'int32' as const, values: INDICES }], outputs: [image] }
  t.throws(() => lowered('GatherV2', { ...kernel, attributes: { axis: 1, batchDims: 1 } }), UnsupportedKernel)
})
