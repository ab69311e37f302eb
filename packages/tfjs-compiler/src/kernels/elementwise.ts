/** Kernels that work element by element, broadcasting as NumPy does. */

import type { DType } from '../graph/graph.js'
import { broadcast, f32, type Kernels, sameKernel } from './kernel.js'

const keepsType = [
  'Abs',
  'Ceil',
  'ClipByValue',
  'Floor',
  'Neg',
  'OnesLike',
  'Round',
  'Sign',
  'Square',
  'ZerosLike',
] as const

const makesFloat = [
  ...['Exp', 'Expm1', 'Log', 'Log1p', 'Sqrt', 'Rsqrt', 'Reciprocal', 'Erf'],
  ...['Sin', 'Cos', 'Tan', 'Asin', 'Acos', 'Atan', 'Sinh', 'Cosh', 'Tanh', 'Asinh', 'Acosh', 'Atanh'],
] as const

const arithmetic = [
  'Add',
  'Sub',
  'Multiply',
  'RealDiv',
  'Mod',
  'Pow',
  'Maximum',
  'Minimum',
  'SquaredDifference',
  'Atan2',
] as const

const comparisons = [
  'Equal',
  'NotEqual',
  'Greater',
  'GreaterEqual',
  'Less',
  'LessEqual',
  'LogicalAnd',
  'LogicalOr',
] as const

export const elementwiseKernels = {
  ...sameKernel(keepsType, { inputs: ['x'], outputs: (_, x) => [x!] }),
  ...sameKernel(makesFloat, { inputs: ['x'], outputs: (_, x) => [f32(x!.shape)] }),
  ...sameKernel(['LogicalNot', 'IsNan', 'IsInf', 'IsFinite'], {
    inputs: ['x'],
    outputs: (_, x) => [{ shape: x!.shape, dtype: 'bool' }],
  }),
  ...sameKernel(arithmetic, {
    inputs: ['a', 'b'],
    outputs: (_, a, b) => {
      if (a!.dtype !== b!.dtype) throw new Error(`operands of types ${a!.dtype} and ${b!.dtype}`)
      return [{ shape: broadcast(a!.shape, b!.shape), dtype: a!.dtype }]
    },
  }),
  ...sameKernel(comparisons, {
    inputs: ['a', 'b'],
    outputs: (_, a, b) => [{ shape: broadcast(a!.shape, b!.shape), dtype: 'bool' }],
  }),
  // Whole numbers whatever the operands' type, as tfjs has it.
  FloorDiv: { inputs: ['a', 'b'], outputs: (_, a, b) => [{ shape: broadcast(a!.shape, b!.shape), dtype: 'int32' }] },
  AddN: {
    inputs: 'list',
    outputs: (_, ...terms) => [{ shape: terms.map(term => term.shape).reduce(broadcast), dtype: terms[0]!.dtype }],
  },
  Cast: { inputs: ['x'], outputs: ({ dtype }, x) => [{ shape: x!.shape, dtype: dtype as DType }] },
  Select: {
    inputs: ['condition', 't', 'e'],
    outputs: (_, condition, t, e) => [
      { shape: [condition!.shape, t!.shape, e!.shape].reduce(broadcast), dtype: t!.dtype },
    ],
  },
} satisfies Kernels
