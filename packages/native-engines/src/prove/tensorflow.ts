/** Proves TensorFlow below the addon of tfjs-node: products, convolutions and batch norms, on whatever device it took. */

import { createRequire } from 'node:module'
import { checkedRow, milliseconds, numbers, product, prove, relativeError } from './proof-tools.js'

/** What is used here of the addon: binding/tfjs_binding.cc in @tensorflow/tfjs-node. */
interface Binding {
  readonly TF_Version: string
  readonly TF_FLOAT: number
  readonly TF_ATTR_BOOL: number
  readonly TF_ATTR_FLOAT: number
  readonly TF_ATTR_INT: number
  readonly TF_ATTR_STRING: number
  readonly TF_ATTR_TYPE: number
  isUsingGpuDevice(): boolean
  createTensor(shape: readonly number[], dtype: number, values: Float32Array): number
  deleteTensor(id: number): void
  tensorDataSync(id: number): Float32Array
  executeOp(name: string, attributes: object[], inputs: readonly number[], outputs: number): { id: number }[]
}

/** Of sums in float32 in whatever order. A GPU's own products of operands rounded to 10 bits (TF32) are switched off below. */
const TOLERANCE = 1e-4

process.env.TF_CPP_MIN_LOG_LEVEL ??= '2'
process.env.NVIDIA_TF32_OVERRIDE ??= '0'

await prove(file => {
  const binding = createRequire(import.meta.url)(file) as Binding
  const device = binding.isUsingGpuDevice() ? 'GPU' : 'CPU'
  return {
    said: `TensorFlow ${binding.TF_Version} on the ${device}`,
    table: [matrixProduct(binding), convolution(binding), batchNorm(binding)],
  }
})

/** Runs an operation: its outputs' values, and how long one turn takes, the copy back included. */
function run(
  binding: Binding,
  name: string,
  attributes: object[],
  inputs: readonly (readonly [readonly number[], Float32Array])[],
  outputs = 1,
) {
  const type = { name: 'T', type: binding.TF_ATTR_TYPE, value: binding.TF_FLOAT }
  const ids = inputs.map(([shape, values]) => binding.createTensor(shape, binding.TF_FLOAT, values))
  let found: Float32Array[] = []
  const time = milliseconds(() => {
    const made = binding.executeOp(name, [type, ...attributes], ids, outputs)
    found = made.map(({ id }) => binding.tensorDataSync(id).slice())
    for (const { id } of made) binding.deleteTensor(id)
  })
  for (const id of ids) binding.deleteTensor(id)
  return { found, time }
}

function matrixProduct(binding: Binding): string[] {
  const [rows, inner, columns] = [192, 256, 160]
  const [a, b] = [numbers(rows * inner, 1), numbers(inner * columns, 2)]
  const attributes = ['transpose_a', 'transpose_b'].map(name => ({ name, type: binding.TF_ATTR_BOOL, value: false }))
  const { found, time } = run(binding, 'MatMul', attributes, [
    [[rows, inner], a],
    [[inner, columns], b],
  ])
  return checkedRow(
    'MatMul 192x256x160',
    relativeError(found[0]!, product(a, b, [rows, inner, columns])),
    TOLERANCE,
    time,
  )
}

/** 3x3, stride 1, as large at the edges as inside: a product of matrices for each of the nine taps. */
function convolution(binding: Binding): string[] {
  const [size, before, after] = [14, 16, 24]
  const [x, w] = [numbers(size * size * before, 3), numbers(9 * before * after, 4)]
  const { found, time } = run(
    binding,
    'Conv2D',
    [
      { name: 'strides', type: binding.TF_ATTR_INT, value: [1, 1, 1, 1] },
      { name: 'padding', type: binding.TF_ATTR_STRING, value: 'SAME' },
      { name: 'data_format', type: binding.TF_ATTR_STRING, value: 'NHWC' },
      { name: 'use_cudnn_on_gpu', type: binding.TF_ATTR_BOOL, value: true },
      { name: 'dilations', type: binding.TF_ATTR_INT, value: [1, 1, 1, 1] },
    ],
    [
      [[1, size, size, before], x],
      [[3, 3, before, after], w],
    ],
  )
  const truth = new Float64Array(size * size * after)
  for (let tap = 0; tap < 9; tap++) {
    const [down, right] = [Math.floor(tap / 3) - 1, (tap % 3) - 1]
    const filter = w.subarray(tap * before * after, (tap + 1) * before * after)
    const part = product(x, filter, [size * size, before, after])
    for (let row = 0; row < size; row++)
      for (let column = 0; column < size; column++) {
        const [fromRow, fromColumn] = [row + down, column + right]
        if (fromRow < 0 || fromColumn < 0 || fromRow >= size || fromColumn >= size) continue
        for (let channel = 0; channel < after; channel++)
          truth[(row * size + column) * after + channel]! += part[(fromRow * size + fromColumn) * after + channel]!
      }
  }
  return checkedRow('Conv2D 3x3 14x14x16 to 24', relativeError(found[0]!, truth), TOLERANCE, time)
}

/** By the batch's own statistics. */
function batchNorm(binding: Binding): string[] {
  const [batch, size, channels, epsilon] = [4, 9, 8, 1e-3]
  const count = batch * size * size
  const [x, scale, offset] = [numbers(count * channels, 5), numbers(channels, 6), numbers(channels, 7)]
  const { found, time } = run(
    binding,
    'FusedBatchNormV3',
    [
      { name: 'U', type: binding.TF_ATTR_TYPE, value: binding.TF_FLOAT },
      { name: 'epsilon', type: binding.TF_ATTR_FLOAT, value: epsilon },
      { name: 'data_format', type: binding.TF_ATTR_STRING, value: 'NHWC' },
      { name: 'is_training', type: binding.TF_ATTR_BOOL, value: true },
    ],
    [
      [[batch, size, size, channels], x],
      [[channels], scale],
      [[channels], offset],
      [[0], new Float32Array(0)],
      [[0], new Float32Array(0)],
    ],
    6,
  )
  const statistics = Array.from({ length: channels }, (_, channel) => {
    const values = x.filter((_, i) => i % channels === channel)
    const mean = values.reduce((sum, value) => sum + value, 0) / count
    return { mean, variance: values.reduce((sum, value) => sum + (value - mean) ** 2, 0) / count }
  })
  const truth = x.map((value, i) => {
    const { mean, variance } = statistics[i % channels]!
    return ((value - mean) / Math.sqrt(variance + epsilon)) * scale[i % channels]! + offset[i % channels]!
  })
  return checkedRow('FusedBatchNormV3 4x9x9x8', relativeError(found[0]!, truth), TOLERANCE, time)
}
