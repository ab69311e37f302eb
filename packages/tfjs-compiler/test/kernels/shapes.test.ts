/** Every kernel's shape rule against what the eager cpu backend returns, on odd shapes; the interpreter runs along. */

import * as tf from '@tensorflow/tfjs-core'
import t from 'tap'
import {
  type Attributes,
  batchNormTraining,
  checkGraph,
  type DType,
  dropout,
  gatherFromRanks,
  interpret,
  largestOfRanks,
  momentumUpdate,
  movingAverage,
  prelu,
  sumOfSquares,
  sumOverRanks,
  sumsOverRanks,
  trace,
} from '../../src/index.js'
import { runKernel } from '../../src/kernels/composite-op.js'
import { inferOutputs, KERNELS, kernelOf } from '../../src/kernels/index.js'
import { type Network, randomInputs, type Tensors, valuesOf } from '../networks.js'

const seen = new Set<string>()

interface Case {
  run: Network
  float?: Record<string, number[]>
  whole?: Record<string, number[]>
}

function compare(name: string, { run, float = {}, whole = {} }: Case): void {
  t.test(name, async t => {
    const inputs: Tensors = {
      ...randomInputs(float),
      ...Object.fromEntries(Object.entries(whole).map(([key, values]) => [key, tf.tensor1d(values, 'int32')])),
    }
    const types = Object.entries(inputs).map(
      ([key, { shape, dtype }]) => [key, { shape, dtype: dtype as DType }] as const,
    )
    const graph = trace(run, Object.fromEntries(types))
    checkGraph(graph)
    for (const { op } of graph.nodes) seen.add(op)
    const eager = run(inputs)
    for (const [key, { shape, dtype }] of graph.outputs)
      t.same({ shape, dtype }, { shape: eager[key]!.shape, dtype: eager[key]!.dtype }, key)
    t.same(valuesOf(interpret(graph, inputs)), valuesOf(eager))
  })
}

/** One kernel called by its name, as tfjs's own functions do. */
const kernel = (
  name: string,
  inputs: (tensors: Tensors) => Tensors | tf.Tensor[],
  attributes: Attributes = {},
): Network => {
  return tensors =>
    Object.fromEntries(runKernel(name, inputs(tensors), attributes).map((output, index) => [`${name}${index}`, output]))
}

const merge =
  (...networks: Network[]): Network =>
  inputs =>
    Object.assign({}, ...networks.map(network => network(inputs)))

const withGradients =
  (f: (...inputs: tf.Tensor[]) => tf.Tensor): Network =>
  inputs => {
    const { value, grads } = tf.valueAndGrads((...tensors: tf.Tensor[]) => tf.sum(tf.square(f(...tensors))))(
      Object.values(inputs),
    )
    return { value, ...Object.fromEntries(grads.map((gradient, index) => [`gradient${index}`, gradient])) }
  }

type Pad = Parameters<typeof tf.conv2d>[3]

const WINDOWS: [strides: number | [number, number], pad: Pad][] = [
  [1, 'same'],
  [2, 'same'],
  [[2, 1], 'valid'],
  [2, 1],
  [
    2,
    [
      [0, 0],
      [1, 0],
      [2, 1],
      [0, 0],
    ],
  ],
]

for (const [strides, pad] of WINDOWS) {
  const rounding = typeof pad === 'number' ? 'floor' : undefined
  compare(`convolution, strides ${strides}, padding ${pad}`, {
    float: { x: [2, 7, 5, 3], w: [3, 3, 3, 4] },
    run: withGradients((x, w) => tf.conv2d(x as tf.Tensor4D, w as tf.Tensor4D, strides, pad, 'NHWC', 1, rounding)),
  })
  compare(`depthwise convolution, strides ${strides}, padding ${pad}`, {
    float: { x: [2, 7, 6, 3], w: [3, 3, 3, 2] },
    run: withGradients((x, w) =>
      tf.depthwiseConv2d(
        x as tf.Tensor4D,
        w as tf.Tensor4D,
        Array.isArray(strides) ? 1 : strides,
        pad as 'same',
        'NHWC',
        1,
        rounding,
      ),
    ),
  })
  compare(`pooling, strides ${strides}, padding ${pad}`, {
    float: { x: [2, 7, 5, 3] },
    run: merge(
      withGradients(x => tf.maxPool(x as tf.Tensor4D, [3, 2], strides, pad as 'same', rounding)),
      ({ x }) => ({
        mean: withGradients(x => tf.avgPool(x as tf.Tensor4D, 3, strides, pad as 'same', rounding))({ x: x! })
          .gradient0!,
      }),
    ),
  })
}

compare('dilated convolution', {
  float: { x: [1, 9, 8, 2], w: [3, 3, 2, 3] },
  run: ({ x, w }) => ({ y: tf.conv2d(x as tf.Tensor4D, w as tf.Tensor4D, 1, 'same', 'NHWC', 2) }),
})

for (const [transposeA, transposeB] of [
  [false, false],
  [true, false],
  [false, true],
  [true, true],
] as const) {
  compare(`matrix product ${transposeA} ${transposeB}`, {
    float: { a: transposeA ? [3, 5, 2] : [3, 2, 5], b: transposeB ? [3, 7, 5] : [3, 5, 7] },
    run: withGradients((a, b) => tf.matMul(a, b, transposeA, transposeB)),
  })
}

const FOLLOWS_X = Object.keys(KERNELS).filter(name => String(kernelOf(name).inputs) === 'x')
const UNARY = FOLLOWS_X.filter(name => {
  try {
    return (
      String(inferOutputs(name, [{ shape: [3, 5], dtype: 'float32' }], {})[0]!.shape) === '3,5' &&
      !['Reverse', 'Cast'].includes(name)
    )
  } catch {
    return false
  }
}).filter(name => name !== 'LogicalNot')

compare('kernels of one tensor', {
  float: { x: [3, 5] },
  run: merge(
    ...UNARY.map(name => kernel(name, ({ x }) => ({ x: x! }), { alpha: 0.2, clipValueMin: -0.5, clipValueMax: 0.5 })),
  ),
})
compare('kernels of one tensor of whole numbers', {
  whole: { x: [-2, 0, 7] },
  run: merge(
    ...['Abs', 'Neg', 'Square', 'Sign', 'ZerosLike', 'OnesLike', 'Relu'].map(name =>
      kernel(name, ({ x }) => ({ x: x! })),
    ),
  ),
})

const BINARY = Object.keys(KERNELS).filter(name => String(kernelOf(name).inputs) === 'a,b' && name !== 'BatchMatMul')
for (const [a, b] of [
  [
    [3, 1, 5],
    [4, 1],
  ],
  [[7], []],
  [[2, 3, 5, 4], [4]],
] as const) {
  const boolean = ['LogicalAnd', 'LogicalOr']
  compare(`kernels of two tensors, [${a}] and [${b}]`, {
    float: { a: [...a], b: [...b] },
    run: merge(
      ...BINARY.filter(name => !boolean.includes(name)).map(name => kernel(name, ({ a, b }) => ({ a: a!, b: b! }))),
      ({ a, b }) => {
        const [left, right] = [tf.greater(a!, 0), tf.less(b!, 0.5)]
        const both = boolean.map(name => kernel(name, () => ({ a: left, b: right })))
        return merge(
          ...both,
          kernel('LogicalNot', () => ({ x: left })),
          kernel('AddN', () => [a!, a!, tf.neg(a!)]),
        )({})
      },
    ),
  })
}

compare('select, cast, one-hot, gather', {
  float: { x: [6, 3] },
  whole: { i: [4, 0, 2, 2] },
  run: ({ x, i }) => ({
    select: tf.where(tf.greater(x!, 0), x!, tf.scalar(2)),
    cast: tf.cast(i!, 'float32'),
    toWhole: tf.cast(tf.mul(x!, 10), 'int32'),
    toBool: tf.cast(i!, 'bool'),
    hot: tf.oneHot(i!, 5, 2, -1, 'float32'),
    hotWhole: tf.oneHot(i!, 5),
    rows: tf.gather(x!, i as tf.Tensor1D),
    columns: tf.gather(tf.transpose(x!), i as tf.Tensor1D, -1),
    scattered: tf.unsortedSegmentSum(tf.ones([4, 3]), i as tf.Tensor1D, 5),
  }),
})

for (const axis of [0, -1, [0, 2], [1, 2], null]) {
  compare(`reductions over ${JSON.stringify(axis)}`, {
    float: { x: [2, 3, 5] },
    run: ({ x }) => {
      const axes = axis ?? undefined
      const results: Tensors = {}
      for (const keep of [false, true]) {
        for (const [name, f] of Object.entries({
          sum: tf.sum,
          mean: tf.mean,
          max: tf.max,
          min: tf.min,
          prod: tf.prod,
        })) {
          results[`${name} ${keep}`] = (f as typeof tf.sum)(x!, axes, keep)
        }
        for (const [name, f] of Object.entries({ all: tf.all, any: tf.any })) {
          results[`${name} ${keep}`] = f(tf.greater(x!, -0.5), axes, keep)
        }
      }
      if (typeof axis === 'number') Object.assign(results, { argMax: tf.argMax(x!, axis), argMin: tf.argMin(x!, axis) })
      return results
    },
  })
  if (axis !== null) {
    compare(`gradients of sum and mean over ${axis}`, {
      float: { x: [2, 3, 5] },
      run: merge(
        withGradients(x => tf.sum(x, axis)),
        ({ x }) => ({ mean: withGradients(x => tf.mean(x, axis, true))({ x: x! }).gradient0! }),
      ),
    })
  }
}

compare('softmax', {
  float: { logits: [3, 7] },
  run: ({ logits }) => ({ soft: tf.softmax(logits!), log: tf.logSoftmax(logits!) }),
})

compare('movement', {
  float: { x: [4, 3, 6] },
  run: ({ x }) => ({
    reshape: tf.reshape(x!, [-1, 9]),
    expand: tf.expandDims(x!, -2),
    transpose: tf.transpose(x!, [2, 0, 1]),
    tile: tf.tile(x!, [1, 2, 3]),
    concat: tf.concat([x!, tf.slice(x!, [0, 1], [4, 2])], 1),
    pack: tf.stack([x!, x!], -1),
    ...Object.fromEntries(tf.unstack(x!, 1).map((part, index) => [`unpack${index}`, part])),
    ...Object.fromEntries(tf.split(x!, 3, 2).map((part, index) => [`third${index}`, part])),
    ...Object.fromEntries(tf.split(x!, [1, 2, 1], 0).map((part, index) => [`split${index}`, part])),
    slice: tf.slice(x!, [1, 0, 2], [2, -1, 3]),
    pad: tf.pad(
      x!,
      [
        [1, 0],
        [0, 2],
        [3, 1],
      ],
      7,
    ),
    mirror: tf.mirrorPad(
      x!,
      [
        [1, 0],
        [0, 2],
        [3, 1],
      ],
      'reflect',
    ),
    reverse: tf.reverse(x!, [0, 2]),
    fill: tf.fill([3, 2], 4),
    zeros: tf.zeros([2, 5], 'int32'),
  }),
})

compare('batch norm, inference', {
  float: { x: [2, 3, 5, 4], mean: [4], variance: [4], offset: [4], scale: [4] },
  run: ({ x, mean, variance, offset, scale }) => ({
    y: tf.batchNorm(
      x as tf.Tensor4D,
      mean as tf.Tensor1D,
      variance as tf.Tensor1D,
      offset as tf.Tensor1D,
      scale as tf.Tensor1D,
      1e-3,
    ),
  }),
})

compare('composite ops', {
  float: { x: [2, 3, 5, 4], scale: [4], offset: [4], alpha: [4] },
  run: withGradients((x, scale, offset, alpha) =>
    prelu(
      batchNormTraining(x as tf.Tensor4D, scale as tf.Tensor1D, offset as tf.Tensor1D, 1e-5).y,
      alpha as tf.Tensor1D,
    ),
  ),
})
compare('optimiser', {
  float: { p: [3, 5], v: [3, 5], g: [3, 5], rate: [] },
  run: ({ p, v, g, rate }) => ({
    ...momentumUpdate(p!, v!, g!, rate as tf.Scalar, { momentum: 0.9, weightDecay: 0.01 }),
    running: movingAverage(p!, g!, 0.99, 1.5),
    squares: sumOfSquares(g!),
  }),
})
compare('what ranks compute together, in a job of one', {
  float: { x: [3, 5], y: [2] },
  run: ({ x, y }) => ({
    ...Object.fromEntries(sumsOverRanks([x!, y!]).map((sum, i) => [`sum${i}`, sum])),
    largest: largestOfRanks(x!),
    ...withGradients(x => sumOverRanks(gatherFromRanks(x!, { rank: 0, ranks: 1 })))({ x: x! }),
  }),
})
compare('dropout and its gradient', {
  float: { x: [3, 5] },
  whole: { step: [7] },
  run: ({ x, step }) => {
    const random = tf.reshape(step!, []) as tf.Scalar
    return withGradients(x => dropout(x!, random, { rate: 0.4, salt: 1 }))({ x: x! })
  },
})
compare('the gradient of ELU', { float: { x: [3, 5] }, run: withGradients(x => tf.elu(x)) })
compare('the gradient of ReLU6', { float: { x: [3, 5] }, run: withGradients(x => tf.relu6(tf.mul(x!, 9))) })

t.test('every kernel in the table was compared', async t => {
  t.same(
    Object.keys(KERNELS).filter(name => !seen.has(name)),
    [],
  )
})

t.test('what does not fit together names the kernel and its source', async t => {
  const f32 = (...shape: number[]) => ({ shape, dtype: 'float32' as const })
  const cases: [string, ReturnType<typeof f32>[], Attributes, RegExp][] = [
    [
      'Conv2D',
      [f32(1, 5, 5, 3), f32(3, 3, 4, 8)],
      { strides: 1, pad: 'same' },
      /Conv2D \(recorded by tf.here\): the image has 3 channels, the filter takes 4/,
    ],
    ['Conv2D', [f32(5, 5, 3), f32(3, 3, 3, 8)], { strides: 1, pad: 'same' }, /rank 4|channels/],
    [
      'Conv2D',
      [f32(1, 5, 5, 3), f32(3, 3, 3, 8)],
      { strides: 1, pad: 'same', dataFormat: 'NCHW' },
      /expected data format NHWC, found NCHW/,
    ],
    ['Add', [f32(2, 3), f32(2)], {}, /Add .*shapes \[2,3\] and \[2\] do not broadcast/],
    ['Add', [f32(2), { shape: [2], dtype: 'int32' as never }], {}, /operands of types float32 and int32/],
    ['BatchMatMul', [f32(2, 3), f32(2, 3)], {}, /inner extents 3 and 2 differ/],
    ['Reshape', [f32(2, 3)], { shape: [4, -1] }, /\[2,3\] does not reshape to \[4,-1\]/],
    ['BatchNorm', [f32(2, 3), f32(3), f32(4)], {}, /offset should be \[3\], found \[4\]/],
    ['Sum', [f32(2, 3)], { axis: [2] }, /axis 2 is outside a tensor of rank 2/],
    ['MomentumUpdate', [f32(2), f32(2), f32(2), f32(1)], {}, /learningRate should be \[\], found \[1\]/],
    ['Add', [f32(2)], {}, /takes a, b; found 1 inputs/],
    ['FFT', [f32(2)], {}, /no shape rule for kernel FFT \(recorded by tf.here\)/],
    ['toString', [f32(2)], {}, /no shape rule for kernel toString/],
  ]
  for (const [name, inputs, attributes, message] of cases)
    t.throws(() => inferOutputs(name, inputs, attributes, 'here'), { message }, `${name} ${message}`)
})
