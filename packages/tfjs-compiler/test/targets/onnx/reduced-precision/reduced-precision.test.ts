/*
 * Small models as OnnxModel values, run by onnxruntime as they are written (its own rewrites off), against arithmetic written out here in
 * float64.
 */
import { openSession } from '@tiny-face/onnx-session'
import t from 'tap'
import { encodeModel, float, type OnnxModel, type OnnxTensor } from '../../../../src/targets/onnx/model-file.js'
import { calibrate } from '../../../../src/targets/onnx/reduced-precision/calibrate.js'
import { foldBatchNorm } from '../../../../src/targets/onnx/reduced-precision/fold-batch-norm.js'
import { foldConstantReshapes } from '../../../../src/targets/onnx/reduced-precision/fold-constant-reshapes.js'
import { halfPrecision } from '../../../../src/targets/onnx/reduced-precision/half-precision.js'
import { quantise, quantisedTensors } from '../../../../src/targets/onnx/reduced-precision/quantise.js'
import { randomValues } from '../../one-kernel.js'

const CHANNELS = 3
const FILTERS = 4
const AREA = 5 * 5
const BATCH = 2
const EPSILON = 0.01
const X = randomValues(BATCH * CHANNELS * AREA, 9)

/** Filters of very different size, as those behind a batch norm are: one step for all would lose the small ones. */
const SIZES = [1, 0.01, 20, 0.3]
const W = randomValues(FILTERS * CHANNELS, 3).map((value, i) => value * SIZES[Math.floor(i / CHANNELS)]!)
const [SCALE, OFFSET, MEAN] = [5, 6, 7].map(seed => randomValues(FILTERS, seed)) as [
  Float32Array,
  Float32Array,
  Float32Array,
]
const VARIANCE = randomValues(FILTERS, 8).map(value => value * value + 0.1)

const constant = (name: string, data: Float32Array, shape: readonly number[]): OnnxTensor => ({
  name,
  type: 'float32',
  shape,
  data,
})
const node = (op: string, inputs: string[], output: string, attributes = {}) => ({
  op,
  domain: '',
  inputs,
  outputs: [output],
  attributes,
})

/** x -> 1x1 convolution, its filters in need of a Reshape -> batch norm -> relu. */
const CONVOLUTION: OnnxModel = {
  name: 'test',
  nodes: [
    node('Reshape', ['w', 'shape'], 'filters'),
    node('Conv', ['x', 'filters'], 'c', { kernel_shape: [1, 1] }),
    node('BatchNormalization', ['c', 'scale', 'offset', 'mean', 'variance'], 'n', { epsilon: float(EPSILON) }),
    node('Relu', ['n'], 'y'),
  ],
  initializers: [
    constant('w', W, [FILTERS, CHANNELS]),
    { name: 'shape', type: 'int64', shape: [4], data: BigInt64Array.of(BigInt(FILTERS), -1n, 1n, 1n) },
    constant('scale', SCALE, [FILTERS]),
    constant('offset', OFFSET, [FILTERS]),
    constant('mean', MEAN, [FILTERS]),
    constant('variance', VARIANCE, [FILTERS]),
  ],
  inputs: [{ name: 'x', type: 'float32', shape: ['batch', CHANNELS, 5, 5] }],
  outputs: [{ name: 'y', type: 'float32', shape: ['batch', FILTERS, 5, 5] }],
}

/** A filter and a bias for each output: the batch norm's share of them, or none. */
function folded(): { weights: Float64Array; bias: Float64Array } {
  const factor = (f: number) => SCALE[f]! / Math.sqrt(VARIANCE[f]! + EPSILON)
  return {
    weights: Float64Array.from(W, (value, i) => value * factor(Math.floor(i / CHANNELS))),
    bias: Float64Array.from(OFFSET, (value, f) => value - MEAN[f]! * factor(f)),
  }
}

/** relu(w x + b) at each pixel; `pass` is applied to the sum before. */
function expected(x: ArrayLike<number>, weights: Float64Array, bias: Float64Array, pass = (value: number) => value) {
  const y = new Float64Array(BATCH * FILTERS * AREA)
  for (let n = 0; n < BATCH; n++)
    for (let f = 0; f < FILTERS; f++)
      for (let p = 0; p < AREA; p++) {
        let sum = bias[f]!
        for (let c = 0; c < CHANNELS; c++) sum += weights[f * CHANNELS + c]! * x[(n * CHANNELS + c) * AREA + p]!
        y[(n * FILTERS + f) * AREA + p] = Math.max(0, pass(sum))
      }
  return y
}

async function run(model: OnnxModel, data = X): Promise<Float32Array> {
  const session = await openSession(encodeModel(model), { optimization: 'disabled' })
  const shape = [data.length / (CHANNELS * AREA), CHANNELS, 5, 5]
  const { y } = await session.run({ x: { dtype: 'float32', shape, data } })
  await session.close()
  return y!.data as Float32Array
}

const ops = (model: OnnxModel) => model.nodes.map(({ op }) => op)
const distance = (a: ArrayLike<number>, b: ArrayLike<number>) =>
  Array.from(a).reduce((most, value, i) => Math.max(most, Math.abs(value - b[i]!)), 0)

t.test('a batch norm becomes part of the convolution before it', async t => {
  const model = foldBatchNorm(foldConstantReshapes(CONVOLUTION))
  t.same(ops(model), ['Conv', 'Relu'])
  t.same(
    model.initializers.map(({ name, shape }) => [name, shape]),
    [
      ['filters/folded', [FILTERS, CHANNELS, 1, 1]],
      ['filters/bias', [FILTERS]],
    ],
  )
  const { weights, bias } = folded()
  t.ok(distance(await run(model), expected(X, weights, bias)) < 1e-5)
  t.ok(distance(await run(CONVOLUTION), expected(X, weights, bias)) < 1e-5, 'as it was before')
})

t.test('a batch norm stays where others read what it normalises', async t => {
  const [reshape, conv, norm] = CONVOLUTION.nodes
  const model = foldConstantReshapes({
    ...CONVOLUTION,
    nodes: [reshape!, conv!, norm!, node('Add', ['n', 'c'], 'y')],
  })
  t.same(ops(foldBatchNorm(model)), ['Conv', 'BatchNormalization', 'Add'])
})

t.test('in float16: weights of half the size, input and output as before, values to 11 bits', async t => {
  const huge = foldBatchNorm(foldConstantReshapes(CONVOLUTION))
  const model = halfPrecision(huge)
  t.same(ops(model), ['Cast', 'Conv', 'Relu', 'Cast'])
  t.same(model.inputs, CONVOLUTION.inputs)
  t.same(model.outputs, CONVOLUTION.outputs)
  t.same(
    model.initializers.map(({ type, data }) => [type, data.byteLength]),
    [
      ['float16', 2 * FILTERS * CHANNELS],
      ['float16', 2 * FILTERS],
    ],
  )
  const { weights, bias } = folded()
  const whole = expected(X, weights, bias)
  const off = distance(await run(model), whole)
  const largest = Math.max(...whole)
  t.ok(off > 0 && off < largest * 2 ** -9, `off by ${off} of ${largest}`)
})

t.test('a weight beyond float16 becomes its largest, not infinity', async t => {
  const w = Float32Array.from(W)
  w[0] = 1e6
  const initializers = CONVOLUTION.initializers.map(tensor => (tensor.name === 'w' ? { ...tensor, data: w } : tensor))
  const { initializers: half } = halfPrecision(foldConstantReshapes({ ...CONVOLUTION, initializers }))
  const filters = half.find(({ name }) => name === 'filters')!
  t.equal(new Uint16Array(filters.data.buffer, filters.data.byteOffset)[0], 0x7bff)
})

t.test('in int8: rounded as written out by hand', async t => {
  const model = foldBatchNorm(foldConstantReshapes(CONVOLUTION))
  t.same(quantisedTensors(model), ['x', 'n'])
  const ranges = new Map([
    ['x', [-0.5, 0.75]],
    ['n', [-3, 4.65]],
  ] as const)
  const quantised = quantise(model, ranges)
  t.same(ops(quantised), [
    'QuantizeLinear',
    'DequantizeLinear',
    'DequantizeLinear',
    'DequantizeLinear',
    'Conv',
    'QuantizeLinear',
    'DequantizeLinear',
    'Relu',
  ])
  const through = ([least, greatest]: readonly [number, number]) => {
    const scale = Math.fround((greatest - least) / 255)
    const zero = Math.round(-128 - least / scale)
    return (value: number) => scale * (Math.min(127, Math.max(-128, Math.round(value / scale) + zero)) - zero)
  }
  const { weights, bias } = folded()
  const steps = Float64Array.from({ length: FILTERS }, (_, f) => {
    const filter = weights.subarray(f * CHANNELS, (f + 1) * CHANNELS)
    return Math.max(...filter.map(Math.abs)) / 127
  })
  const inSteps = weights.map((value, i) => {
    const step = steps[Math.floor(i / CHANNELS)]!
    return Math.round(value / step) * step
  })
  const x = Array.from(X, through(ranges.get('x')!))
  const y = await run(quantised)
  // A sum on the border between two steps may go either way: a step apart, and seldom.
  const byHand = expected(x, inSteps, bias, through(ranges.get('n')!))
  const step = 7.65 / 255
  const apart = Array.from(y).filter((value, i) => Math.abs(value - byHand[i]!) > 1e-4)
  t.ok(apart.length <= 2, `${apart.length} of ${y.length} differ`)
  t.ok(distance(y, byHand) < step * 1.01)
  t.ok(distance(y, expected(x, inSteps, bias)) > 1e-3, 'the sum was rounded, too')
})

t.test('a range that does not reach 0 is widened to it: padding stays exact', async t => {
  const model = foldBatchNorm(foldConstantReshapes(CONVOLUTION))
  const zeroOf = (range: readonly [number, number]) => {
    const quantised = quantise(
      model,
      new Map([
        ['x', range],
        ['n', [-1, 1]],
      ]),
    )
    const value = (name: string) => quantised.initializers.find(tensor => tensor.name === name)!.data
    return [(value('x/zero') as Int8Array)[0], (value('x/scale') as Float32Array)[0]]
  }
  t.same(zeroOf([0.5, 2.55]), [-128, Math.fround(0.01)])
  t.same(zeroOf([-2.55, -1]), [127, Math.fround(0.01)])
  t.same(zeroOf([0, 0]), [-128, 1], 'nothing but zeros')
})

t.test('calibration: the mean over batches of each least and greatest value', async t => {
  const model = foldBatchNorm(foldConstantReshapes(CONVOLUTION))
  async function* batches() {
    for (const scale of [1, 3]) yield { shape: [BATCH, CHANNELS, 5, 5], data: X.map(value => value * scale) }
  }
  const ranges = await calibrate(model, batches())
  t.same([...ranges.keys()], ['x', 'n'])
  const [least, greatest] = ranges.get('x')!
  t.ok(Math.abs(least - 2 * Math.min(...X)) < 1e-6 && Math.abs(greatest - 2 * Math.max(...X)) < 1e-6)
  async function* none() {}
  await t.rejects(calibrate(model, none()), RangeError)
})
