import t from 'tap'
import { compareKernel, randomValues } from '../one-kernel.js'

const image = [2, 3, 5, 4] as const
const positive = (count: number) => randomValues(count, 5).map(x => Math.abs(x) + 0.1)

t.test('unary kernels', async t => {
  const any = [
    'Abs',
    'Ceil',
    'Cos',
    'Exp',
    'Expm1',
    'Floor',
    'Neg',
    'OnesLike',
    'Round',
    'Sign',
    'Sin',
    'Square',
    'Tan',
    'Tanh',
    'ZerosLike',
    'Acos',
    'Asin',
    'Atan',
    'Asinh',
    'Atanh',
    'Cosh',
    'Sinh',
    'Erf',
  ]
  for (const op of any) await compareKernel(t, op, { x: { shape: image } })
  for (const op of ['Log', 'Log1p', 'Reciprocal', 'Rsqrt', 'Sqrt'])
    await compareKernel(t, op, { x: { shape: image, values: positive(120) } })
  await compareKernel(t, 'Acosh', { x: { shape: image, values: positive(120).map(x => x + 1) } })
  const odd = Float32Array.of(1, Number.NaN, Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY)
  for (const op of ['IsNan', 'IsInf', 'IsFinite']) await compareKernel(t, op, { x: { shape: [4], values: odd } })
  await compareKernel(t, 'LogicalNot', { x: { shape: [4], dtype: 'bool', values: Uint8Array.of(1, 0, 0, 1) } })
  await compareKernel(t, 'ClipByValue', { x: { shape: image } }, { clipValueMin: -0.25, clipValueMax: 0.5 })
})

t.test('binary kernels broadcast as tfjs does, in every layout', async t => {
  for (const op of ['Add', 'Sub', 'Multiply', 'Maximum', 'Minimum', 'SquaredDifference'])
    for (const shape of [image, [4], [5, 4], [3, 5, 4], [1, 1, 1, 4], [2, 1, 1, 1], []])
      await compareKernel(t, op, { a: { shape: image }, b: { shape } })
  await compareKernel(t, 'Sub', { a: { shape: [4] }, b: { shape: image } })
  await compareKernel(t, 'RealDiv', { a: { shape: image }, b: { shape: image, values: positive(120) } })
  const [left, right] = [Float32Array.of(7, -7, 7, -7, 6, 0), Float32Array.of(3, 3, -3, -3, 3, 2)]
  const pair = { a: { shape: [6], values: left }, b: { shape: [6], values: right } }
  const whole = (values: Float32Array) => ({ shape: [6], dtype: 'int32' as const, values: Int32Array.from(values) })
  for (const op of ['Mod', 'FloorDiv']) {
    await compareKernel(t, op, pair)
    await compareKernel(t, op, { a: whole(left), b: whole(right) })
  }
  await compareKernel(t, 'Pow', { a: { shape: [7], values: positive(7) }, b: { shape: [7] } })
  await compareKernel(t, 'Add', {
    a: { shape: [3], dtype: 'int32', values: Int32Array.of(1, 2, 3) },
    b: { shape: [3], dtype: 'int32', values: Int32Array.of(5, 6, 7) },
  })
})

t.test('comparisons and logic', async t => {
  const [a, b] = [
    { shape: [6], values: Float32Array.of(1, 2, 3, 4, 5, 6) },
    { shape: [6], values: Float32Array.of(1, 3, 2, 4, 0, 7) },
  ]
  for (const op of ['Equal', 'NotEqual', 'Greater', 'GreaterEqual', 'Less', 'LessEqual'])
    await compareKernel(t, op, { a, b })
  const [p, q] = [
    { shape: [4], dtype: 'bool' as const, values: Uint8Array.of(0, 0, 1, 1) },
    { shape: [4], dtype: 'bool' as const, values: Uint8Array.of(0, 1, 0, 1) },
  ]
  for (const op of ['LogicalAnd', 'LogicalOr', 'Equal']) await compareKernel(t, op, { a: p, b: q })
  const whole = { shape: [6], dtype: 'int32' as const, values: Int32Array.of(1, 2, 3, 4, 5, 6) }
  await compareKernel(t, 'Equal', { a: whole, b: { ...whole, values: Int32Array.of(1, 3, 3, 2, 5, 0) } })
})

t.test('Select', async t => {
  const condition = {
    shape: image,
    dtype: 'bool' as const,
    values: Uint8Array.from(randomValues(120), x => (x > 0 ? 1 : 0)),
  }
  await compareKernel(t, 'Select', { condition, t: { shape: image }, e: { shape: image } })
})

t.test('Cast', async t => {
  for (const dtype of ['int32', 'bool', 'float32']) {
    await compareKernel(
      t,
      'Cast',
      { x: { shape: [6], values: Float32Array.of(-1.7, -0.2, 0, 0.2, 1.7, 3) } },
      { dtype },
    )
    await compareKernel(t, 'Cast', { x: { shape: [3], dtype: 'bool', values: Uint8Array.of(1, 0, 1) } }, { dtype })
  }
})
