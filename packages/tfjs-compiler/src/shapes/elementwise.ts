/** Kernels that work element by element, broadcasting as NumPy does. */

import type { DType } from '../graph/graph.js'
import { broadcast, expectSameShape, f32, type ShapeRules, sameRule } from './rule.js'

const keepsType = [
  'Abs',
  'Ceil',
  'ClipByValue',
  'Floor',
  'Neg',
  'OnesLike',
  'Relu',
  'Relu6',
  'Round',
  'Sign',
  'Square',
  'Step',
  'ZerosLike',
]

const makesFloat = [
  ...[
    'Exp',
    'Expm1',
    'Log',
    'Log1p',
    'Sqrt',
    'Rsqrt',
    'Reciprocal',
    'Sigmoid',
    'Softplus',
    'Erf',
    'Elu',
    'Selu',
    'LeakyRelu',
  ],
  ...['Sin', 'Cos', 'Tan', 'Asin', 'Acos', 'Atan', 'Sinh', 'Cosh', 'Tanh', 'Asinh', 'Acosh', 'Atanh'],
]

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
]

const comparisons = ['Equal', 'NotEqual', 'Greater', 'GreaterEqual', 'Less', 'LessEqual', 'LogicalAnd', 'LogicalOr']

export const elementwiseShapes: ShapeRules = {
  ...sameRule(keepsType, { inputs: ['x'], outputs: (_, x) => [x!] }),
  ...sameRule(makesFloat, { inputs: ['x'], outputs: (_, x) => [f32(x!.shape)] }),
  ...sameRule(['LogicalNot', 'IsNan', 'IsInf', 'IsFinite'], {
    inputs: ['x'],
    outputs: (_, x) => [{ shape: x!.shape, dtype: 'bool' }],
  }),
  ...sameRule(arithmetic, {
    inputs: ['a', 'b'],
    outputs: (_, a, b) => {
      if (a!.dtype !== b!.dtype) throw new Error(`operands of types ${a!.dtype} and ${b!.dtype}`)
      return [{ shape: broadcast(a!.shape, b!.shape), dtype: a!.dtype }]
    },
  }),
  ...sameRule(comparisons, {
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
  Prelu: { inputs: ['x', 'alpha'], outputs: (_, x, alpha) => [f32(broadcast(x!.shape, alpha!.shape))] },
  Dropout: {
    inputs: ['x', 'random'],
    outputs: (_, x, random) => {
      expectSameShape('random', random!.shape, [])
      return [x!]
    },
  },
  EluGrad: { inputs: ['dy', 'y'], outputs: (_, dy, y) => [f32(broadcast(dy!.shape, y!.shape))] },
  Select: {
    inputs: ['condition', 't', 'e'],
    outputs: (_, condition, t, e) => [
      { shape: [condition!.shape, t!.shape, e!.shape].reduce(broadcast), dtype: t!.dtype },
    ],
  },
}
