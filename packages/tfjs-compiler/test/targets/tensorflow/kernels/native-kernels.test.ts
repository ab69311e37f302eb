/** Each kernel that TensorFlow runs in one piece, against the one that plain tfjs composes or computes in JavaScript. */

import * as tf from '@tensorflow/tfjs-core'
import t, { type Test } from 'tap'
import { runKernel } from '../../../../src/kernels/composite-op.js'
import '../../../../src/kernels/index.js'
import { NATIVE_KERNELS } from '../../../../src/targets/tensorflow/kernels/native-kernels.js'
import { difference, randomNumbers, skip } from '../tensorflow.js'

type Case = { shapes: Record<string, number[]>; attributes: Record<string, unknown> }

const TURNS = 24
const TOLERANCE = 1e-5

/** Whole numbers from `least` to `most`, the same in every run. */
function chooser(seed: number) {
  const draw = randomNumbers(seed)
  return (least: number, most: number) =>
    tf.tidy(() => least + Math.floor(((draw([1]).dataSync()[0]! + 1) / 2) * (most - least + 0.999)))
}

type Choose = ReturnType<typeof chooser>

/** A convolution on an odd image with an odd window: strides, dilations and paddings apart by axis and side. */
function convolution(choose: Choose, depthwise: boolean) {
  const [batch, height, width, before, after] = [
    [1, 3],
    [5, 9],
    [5, 9],
    [1, 5],
    [1, 4],
  ].map(([a, b]) => choose(a!, b!))
  const filter = [choose(1, 3), choose(1, 4), before!, depthwise ? 1 : after!]
  // tfjs wants strides or dilations of 1; TensorFlow's depthwise operation the same stride both ways.
  const stride = choose(1, 2)
  const strides = depthwise ? [stride, stride] : [stride, choose(1, 2)]
  // A padding by one number is right in tfjs only where height and width are treated alike.
  const square = filter[0] === filter[1] && strides[0] === strides[1]
  const sides = Array.from({ length: 4 }, () => choose(0, 2))
  const pad = [
    'same',
    'valid',
    choose(0, 1),
    [
      [0, 0],
      [sides[0], sides[1]],
      [sides[2], sides[3]],
      [0, 0],
    ],
  ][square ? choose(0, 3) : choose(0, 1) * 3]
  const dimRoundingMode = typeof pad === 'string' ? undefined : 'floor'
  const attributes = { strides, pad, dataFormat: 'NHWC', dilations: [1, 1], dimRoundingMode }
  const x = [batch!, height!, width!, before!]
  const { outShape } = tf.backend_util.computeConv2DInfo(
    x as [number, number, number, number],
    filter as [number, number, number, number],
    strides as [number, number],
    1,
    pad as 'same',
    dimRoundingMode as 'floor',
    depthwise,
  )
  return { x, filter, dy: [...outShape], attributes }
}

function convolutionCase(kind: 'forward' | 'input' | 'filter', depthwise: boolean) {
  return (choose: Choose): Case => {
    const { x, filter, dy, attributes } = convolution(choose, depthwise)
    if (kind === 'forward') return { shapes: { x, filter }, attributes }
    if (kind === 'input') return { shapes: { dy, filter }, attributes: { ...attributes, inputShape: x } }
    return { shapes: { x, dy }, attributes: { ...attributes, filterShape: filter } }
  }
}

/** Images, and rows of features. */
function channelled(choose: Choose): { x: number[]; channels: number[] } {
  const channels = [choose(1, 7)]
  const inner = choose(0, 1) === 1 ? [choose(1, 5), choose(1, 5)] : []
  return { x: [choose(2, 5), ...inner, ...channels], channels }
}

const CASES: Readonly<Record<string, (choose: Choose) => Case>> = {
  Conv2D: convolutionCase('forward', false),
  Conv2DBackpropInput: convolutionCase('input', false),
  Conv2DBackpropFilter: convolutionCase('filter', false),
  DepthwiseConv2dNative: convolutionCase('forward', true),
  DepthwiseConv2dNativeBackpropInput: convolutionCase('input', true),
  DepthwiseConv2dNativeBackpropFilter: convolutionCase('filter', true),
  BatchNorm(choose) {
    const { x, channels } = channelled(choose)
    return { shapes: { x, scale: channels, offset: channels }, attributes: { epsilon: 1e-3 } }
  },
  BatchNormGrad(choose) {
    const { x, channels } = channelled(choose)
    return { shapes: { dy: x, x, scale: channels }, attributes: { epsilon: 1e-3 } }
  },
  Prelu(choose) {
    const { x, channels } = channelled(choose)
    return { shapes: { x, alpha: channels }, attributes: {} }
  },
  PreluGrad(choose) {
    const { x, channels } = channelled(choose)
    return { shapes: { dy: x, x, alpha: channels }, attributes: {} }
  },
  Relu6Grad(choose) {
    const { x } = channelled(choose)
    return { shapes: { dy: x, x }, attributes: {} }
  },
}

/** What a kernel gives on a backend, and how many tensors it leaves besides. */
function outputsOn(backend: string, name: string, { shapes, attributes }: Case, seed: number) {
  tf.setBackend(backend)
  return tf.tidy(() => {
    const draw = randomNumbers(seed)
    const inputs = Object.fromEntries(Object.entries(shapes).map(([input, shape]) => [input, draw(shape)]))
    if (name === 'BatchNormGrad') Object.assign(inputs, statisticsOf(inputs.x!))
    const before = tf.memory().numTensors
    const outputs = runKernel(name, inputs, attributes as Parameters<typeof runKernel>[2])
    const left = tf.memory().numTensors - before - outputs.length
    return { values: outputs.map(output => output.dataSync().slice()), shapes: outputs.map(({ shape }) => shape), left }
  })
}

function statisticsOf(x: tf.Tensor) {
  const axes = Array.from({ length: x.rank - 1 }, (_, axis) => axis)
  return tf.moments(x, axes)
}

function compare(t: Test, name: string, test: Case, seed: number): void {
  const expected = outputsOn('cpu', name, test, seed)
  const found = outputsOn('tensorflow', name, test, seed)
  const what = JSON.stringify(test)
  t.strictSame(found.shapes, expected.shapes, what)
  for (const [output, values] of expected.values.entries()) {
    const away = difference(found.values[output]!, values)
    t.ok(away < TOLERANCE, `output ${output} is ${away} away: ${what}`)
  }
  t.equal(found.left, 0, `no tensor is left: ${what}`)
}

t.test('every native kernel has a case', async t => {
  t.strictSame(Object.keys(CASES).sort(), Object.keys(NATIVE_KERNELS).sort())
})

for (const [name, caseOf] of Object.entries(CASES)) {
  t.test(name, { skip }, async t => {
    const choose = chooser(name.length * 7919)
    for (let turn = 0; turn < TURNS; turn++) compare(t, name, caseOf(choose), turn + 1)
  })
}

t.test('batch norm of a single value has no spread', { skip }, async t => {
  compare(t, 'BatchNorm', { shapes: { x: [1, 1, 1, 3], scale: [3], offset: [3] }, attributes: { epsilon: 1e-3 } }, 5)
})
