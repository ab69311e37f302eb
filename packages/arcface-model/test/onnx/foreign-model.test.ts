import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { fromFloat16, toFloat16 } from '@tiny-face/onnx-session'
import { tensorValues } from '@tiny-face/record-stream'
import t, { type Test } from 'tap'
import {
  ELEMENT_TYPES,
  type ModelNode,
  type ModelSpec,
  type ModelValue,
  onnxModel,
} from '../../../onnx-session/test/onnx-model.js'
import { embedder } from '../../src/embed.js'
import type { FaceModel } from '../../src/face-model.js'
import { inputFiller } from '../../src/network-input.js'
import { type OnnxModelOptions, openOnnxModel } from '../../src/open-onnx-model.js'
import { type Normalisation, PREPROCESS_KEY } from '../../src/preprocess.js'
import { testPixels } from '../tiny-embedder.js'

// Networks of whoever made them, each odd in one way. All flatten their input, so that an embedding shows what the network saw.
const SIDE = 2
const SIZE = 3 * SIDE * SIDE
const FACE: ModelValue = { name: 'face', dtype: 'float32', shape: ['n', 3, SIDE, SIDE] }
const VECTOR: ModelValue = { name: 'vector', dtype: 'float32', shape: ['n', SIZE] }
const FLATTEN: ModelNode = { op: 'Flatten', inputs: ['face'], outputs: ['vector'], attributes: { axis: 1 } }
const cast = (from: string, to: string, dtype: ModelValue['dtype']): ModelNode => ({
  op: 'Cast',
  inputs: [from],
  outputs: [to],
  attributes: { to: ELEMENT_TYPES[dtype] },
})
const integers = (...values: number[]) => ({ shape: [values.length], data: BigInt64Array.from(values, BigInt) })
const floats = (shape: number[], ...values: number[]) => ({ shape, data: Float32Array.from(values) })

function network(spec: Partial<ModelSpec>): Uint8Array {
  return onnxModel({ inputs: [FACE], outputs: [VECTOR], nodes: [FLATTEN], ...spec })
}

/** A value as it is, behind a Reshape of which nobody can say beforehand what shape it gives: rows by -1. */
function hidden(from: string, to: string): ModelNode[] {
  return [
    { op: 'Shape', inputs: [from], outputs: ['shape'] },
    { op: 'ReduceMin', inputs: ['face'], outputs: ['least'], attributes: { keepdims: 0 } },
    { op: 'Mul', inputs: ['least', 'hide.0'], outputs: ['nothing'] },
    cast('nothing', 'zero', 'int64'),
    { op: 'Add', inputs: ['shape', 'zero'], outputs: ['unknown'] },
    { op: 'Reshape', inputs: [from, 'unknown'], outputs: [to] },
  ]
}
const HIDING = { 'hide.0': floats([], 0) }

interface Opened {
  model: FaceModel
  remarks: string[]
}

async function open(t: Test, model: Uint8Array, options: OnnxModelOptions = { preprocess: 'mxnet' }): Promise<Opened> {
  const remarks: string[] = []
  const opened = await openOnnxModel(model, {
    file: 'model.onnx',
    threads: 1,
    remark: text => remarks.push(text),
    ...options,
  })
  t.teardown(() => opened.close())
  return { model: opened, remarks }
}

/** What the network says of `count` images in one go. */
async function embed({ model }: Opened, count: number): Promise<number[][]> {
  const { height, width } = model.shape
  const images = Array.from({ length: count }, (_, i) => testPixels(height, width, i))
  const embeddings = await embedder(model)(images, false)
  return embeddings.map(embedding => [...(tensorValues(embedding) as Float32Array)])
}

/** What a network that flattens its input must say of image i. */
function seen({ shape, normalisation }: FaceModel, i: number): number[] {
  const { height, width, channels = 3 } = shape
  const input = new Float32Array(channels * height * width)
  inputFiller(normalisation, shape)(input, 0, testPixels(height, width, i), false)
  return [...input]
}

async function sees(t: Test, opened: Opened, count = 3): Promise<void> {
  const embeddings = await embed(opened, count)
  t.same(
    embeddings,
    embeddings.map((_, i) => seen(opened.model, i)),
  )
}

t.test('one output is chosen only where there is one that can be', async t => {
  const norm: ModelNode = {
    op: 'ReduceL2',
    inputs: ['vector'],
    outputs: ['norm'],
    attributes: { axes: [1], keepdims: 1 },
  }
  const logits: ModelNode = { op: 'MatMul', inputs: ['vector', 'w'], outputs: ['logits'] }
  const constants = { w: floats([SIZE, 5], ...Array(SIZE * 5).fill(1)) }
  const declare = (name: string, ...shape: (number | string)[]): ModelValue => ({ name, dtype: 'float32', shape })

  // The length of an embedding is no embedding, wherever it stands.
  for (const outputs of [
    [declare('norm', 'n', 1), VECTOR],
    [VECTOR, declare('norm', 'n', 1)],
  ])
    await sees(t, await open(t, network({ outputs, nodes: [FLATTEN, norm] })))
  // Nor are a map of features, a label, and a number that says how good the picture is.
  const map = { op: 'Neg', inputs: ['face'], outputs: ['map'] }
  const outputs = [declare('map', 'n', 3, SIDE, SIDE), declare('quality', 'n'), VECTOR]
  const quality = { ...norm, outputs: ['quality'], attributes: { axes: [1], keepdims: 0 } }
  await sees(t, await open(t, network({ outputs, nodes: [FLATTEN, map, quality] })))

  // What may be one, and logits always may, is asked for.
  const several: [outputs: ModelValue[], nodes: ModelNode[]][] = [
    [
      [declare('logits', 'n', 5), VECTOR],
      [FLATTEN, logits],
    ],
    [
      [declare('hidden', 'n', 'k'), VECTOR],
      [FLATTEN, ...hidden('vector', 'hidden')],
    ],
  ]
  for (const [outputs, nodes] of several) {
    const model = network({ outputs, nodes, constants: nodes.includes(logits) ? constants : HIDING })
    await t.rejects(open(t, model), {
      name: 'DataError',
      message:
        /^model\.onnx: several of its outputs can be the embedding: (logits|hidden) float32 \[\*, (5|\*)\], vector float32 \[\*, 12\]; name one with --output$/,
    })
    await sees(t, await open(t, model, { preprocess: 'mxnet', output: 'vector' }))
    await t.rejects(open(t, model, { preprocess: 'mxnet', output: 'embedding' }), {
      message:
        /expected an output of numbers that is called embedding, found (logits|hidden) float32 .*, vector float32 \[\*, 12\]$/,
    })
  }
  const model = network({ outputs: [declare('logits', 'n', 5), VECTOR], nodes: [FLATTEN, logits], constants })
  t.equal((await embed(await open(t, model, { preprocess: 'mxnet', output: 'logits' }), 2))[1]!.length, 5)
  // Even the one that is named must give more than a number.
  const named = await open(t, network({ outputs: [declare('norm', 'n', 1), VECTOR], nodes: [FLATTEN, norm] }), {
    preprocess: 'mxnet',
    output: 'norm',
  })
  await t.rejects(embed(named, 2), {
    message: /expected one vector for each of 1 images.*, found norm float32 \[1, 1\]$/,
  })
})

t.test('an output that does not give a row for each image', async t => {
  const after = (node: Omit<ModelNode, 'outputs'>, constants: ModelSpec['constants'] = {}) =>
    network({
      nodes: [
        { ...FLATTEN, outputs: ['flat'] },
        { ...node, outputs: ['vector'] },
      ],
      constants,
    })
  const alone: [name: string, model: Uint8Array][] = [
    ['all in one row', after({ op: 'Reshape', inputs: ['flat', 'to'] }, { to: integers(1, -1) })],
    ['the mean of the batch', after({ op: 'ReduceMean', inputs: ['flat'], attributes: { axes: [0], keepdims: 1 } })],
    ['a shape for one image, which fails', after({ op: 'Reshape', inputs: ['flat', 'to'] }, { to: integers(1, SIZE) })],
  ]
  for (const [name, model] of alone) {
    const opened = await open(t, model)
    await sees(t, opened, 3)
    await sees(t, opened, 2)
    await sees(t, opened, 1)
    t.match(
      opened.remarks,
      [/^model\.onnx: takes no batch of 3, so that images go through it one by one \(.+\)$/],
      name,
    )
    t.equal(opened.remarks.length, 1, 'said once')
  }
  const transposed = await open(
    t,
    network({
      nodes: [
        { ...FLATTEN, outputs: ['flat'] },
        { op: 'Transpose', inputs: ['flat'], outputs: ['turned'] },
        ...hidden('turned', 'vector'),
      ],
      constants: HIDING,
    }),
  )
  for (const count of [1, 3])
    await t.rejects(embed(transposed, count), {
      name: 'DataError',
      message: 'model.onnx: expected one vector for each of 1 images, [1, size], found vector float32 [12, 1]',
    })
  // Where it says beforehand that it cannot be, it is not chosen.
  await t.rejects(open(t, network({ outputs: [{ ...VECTOR, shape: [SIZE, 'n'] }] })), {
    message: /expected an output of \[batch, size\] numbers, found vector float32 \[12, 12\]$/,
  })
  // A batch that is built in cannot be taken apart.
  const fixed = network({
    inputs: [{ ...FACE, shape: [2, 3, SIDE, SIDE] }],
    outputs: [{ ...VECTOR, shape: [2, 'size'] }],
    nodes: [
      { ...FLATTEN, outputs: ['flat'] },
      { op: 'Reshape', inputs: ['flat', 'to'], outputs: ['vector'] },
    ],
    constants: { to: integers(1, -1) },
  })
  await t.rejects(
    open(t, fixed).then(opened => embed(opened, 2)),
    { message: /found vector float32 \[1, 24\]|cannot load/ },
  )
})

t.test('the size of embeddings is as declared, and cannot change', async t => {
  // As many numbers of each image as its first one says.
  const nodes: ModelNode[] = [
    { ...FLATTEN, outputs: ['flat'] },
    { op: 'ReduceMax', inputs: ['flat'], outputs: ['most'], attributes: { keepdims: 0 } },
    { op: 'Reshape', inputs: ['most', 'one'], outputs: ['list'] },
    cast('list', 'end', 'int64'),
    { op: 'Slice', inputs: ['flat', 'zero', 'end', 'one'], outputs: ['vector'] },
  ]
  const constants = { zero: integers(0), one: integers(1) }
  const of = (shape: (number | string)[]) => network({ nodes, constants, outputs: [{ ...VECTOR, shape }] })
  const image = (most: number) => Uint8Array.from({ length: SIZE }, (_, i) => (i === 0 ? most : 0))
  const free = await open(t, of(['n', 'size']), { preprocess: 'raw' })
  const run = embedder(free.model)
  t.equal((await run([image(4)], false))[0]!.shape[0], 4)
  t.equal((await run([image(4), image(2)], false))[1]!.shape[0], 4)
  await t.rejects(run([image(5)], false), {
    message: 'model.onnx: expected embeddings of 4 numbers, as before, found 5',
  })
  const declared = await open(t, of(['n', 6]), { preprocess: 'raw' })
  await t.rejects(embedder(declared.model)([image(5)], false), {
    message: 'model.onnx: expected embeddings of 6 numbers, as the model declares, found 5',
  })
})

for (const dtype of ['float16', 'float64', 'uint8', 'int8', 'uint16', 'int32'] as const)
  t.test(`an input of ${dtype}`, async t => {
    const model = network({
      inputs: [{ ...FACE, dtype }],
      nodes: [cast('face', 'x', 'float32'), { ...FLATTEN, inputs: ['x'] }],
    })
    const given: OnnxModelOptions = {
      preprocess: dtype === 'int8' ? { order: 'rgb', mean: [128, 128, 128], std: [1, 1, 1] } : 'raw',
    }
    const opened = await open(t, model, given)
    await sees(t, opened)
    if (dtype.startsWith('float')) {
      const half = await open(t, model, { preprocess: 'imagenet' })
      const exact = (values: number[]) =>
        dtype === 'float16' ? [...fromFloat16(toFloat16(Float32Array.from(values)))] : values
      t.same(await embed(half, 2), [exact(seen(half.model, 0)), exact(seen(half.model, 1))])
    } else
      await t.rejects(open(t, model, { preprocess: 'mxnet' }), {
        message:
          /its input is of u?int\d+, whole numbers, expected a preprocessing that gives them, as --preprocess .* does, found rgb mean=127\.5 std=128$/,
      })
  })

for (const dtype of ['float16', 'float64', 'uint8', 'int8'] as const)
  t.test(`an output of ${dtype}`, async t => {
    const model = network({
      outputs: [{ ...VECTOR, dtype }],
      nodes: [{ ...FLATTEN, outputs: ['x'] }, cast('x', 'vector', dtype)],
    })
    const opened = await open(t, model, { preprocess: { order: 'bgr', mean: [64, 64, 64], std: [4, 4, 4] } })
    const whole = dtype.endsWith('int8')
    const expected = (values: number[]) => values.map(value => (whole ? Math.trunc(value) : value))
    const found = await embed(opened, 2)
    const wanted = [expected(seen(opened.model, 0)), expected(seen(opened.model, 1))]
    // What a cast makes of a number below 0 is not defined for uint8.
    const defined = (i: number, j: number) => dtype !== 'uint8' || wanted[i]![j]! >= 0
    for (const [i, values] of found.entries())
      for (const [j, value] of values.entries()) if (defined(i, j)) t.equal(value + 0, wanted[i]![j]! + 0)
  })

t.test('unused outputs of any type do not matter', async t => {
  const names = ['text', 'brain', 'label', 'yes'] as const
  const types = { text: 'string', brain: 'bfloat16', label: 'int64', yes: 'bool' } as const
  const model = network({
    outputs: [...names.map(name => ({ ...VECTOR, name, dtype: types[name] })), VECTOR],
    nodes: [FLATTEN, ...names.map(name => cast('vector', name, types[name]))],
  })
  await sees(t, await open(t, model))
  await t.rejects(open(t, model, { preprocess: 'mxnet', output: 'text' }), {
    message:
      /called text, found label int64 \[\*, 12\], yes bool \[\*, 12\], vector float32 \[\*, 12\], text of string, brain of bfloat16$/,
  })
})

for (const shape of [[], [1], ['m']])
  t.test(`a flag of shape [${shape}] is fed with false`, async t => {
    const flag: ModelValue = { name: 'phase_train', dtype: 'bool', shape }
    const nodes: ModelNode[] = [
      { op: 'Neg', inputs: ['face'], outputs: ['trained'] },
      { op: 'Where', inputs: ['phase_train', 'trained', 'face'], outputs: ['x'] },
      { ...FLATTEN, inputs: ['x'] },
    ]
    for (const inputs of [
      [flag, FACE],
      [FACE, flag],
    ]) {
      const opened = await open(t, network({ inputs, nodes }))
      await sees(t, opened)
      t.same(opened.remarks, ['model.onnx: its input phase_train is given false'])
    }
    const rate: ModelValue = { name: 'rate', dtype: 'float32', shape }
    await t.rejects(open(t, network({ inputs: [FACE, rate], nodes: [FLATTEN] })), {
      message: /expected a model with one input, apart from flags, found 2: face float32 .*, rate float32/,
    })
  })

for (const shape of [['n', SIZE, 1, 1], ['n', 1, 1, SIZE], ['n', 1, SIZE], [SIZE]])
  t.test(`an embedding of shape [${shape}]`, async t => {
    const to = integers(...shape.map(extent => (extent === 'n' ? -1 : Number(extent))))
    const inputs = shape[0] === 'n' ? [FACE] : [{ ...FACE, shape: [1, 3, SIDE, SIDE] }]
    const nodes = [
      { ...FLATTEN, outputs: ['flat'] },
      { op: 'Reshape', inputs: ['flat', 'to'], outputs: ['vector'] },
    ]
    const model = network({ inputs, outputs: [{ ...VECTOR, shape }], nodes, constants: { to } })
    const opened = await open(t, model)
    await sees(t, opened)
    t.same(opened.remarks, [])
  })

t.test('one image without a batch', async t => {
  const inputs = [{ ...FACE, shape: [3, SIDE, SIDE] }]
  const nodes = [{ op: 'Reshape', inputs: ['face', 'to'], outputs: ['vector'] }]
  const model = network({ inputs, outputs: [{ ...VECTOR, shape: [SIZE] }], nodes, constants: { to: integers(SIZE) } })
  await sees(t, await open(t, model))
})

t.test('one channel of grey', async t => {
  const grey = (shape: (number | string)[]) =>
    network({ inputs: [{ ...FACE, shape }], outputs: [{ ...VECTOR, shape: ['n', 8] }] })
  for (const [shape, layout] of [
    [['n', 1, 2, 4], 'nchw'],
    [['n', 2, 4, 1], 'nhwc'],
  ] as const) {
    const opened = await open(t, grey([...shape]))
    t.match(opened.model.shape, { layout, height: 2, width: 4, channels: 1 })
    await sees(t, opened)
    await t.rejects(open(t, grey([...shape]), { preprocess: 'imagenet' }), {
      message:
        /^model\.onnx: it takes one channel of grey, expected one mean and one std, found rgb mean=123\.675,116\.28,103\.53 std=/,
    })
  }
})

t.test('a free height and width', async t => {
  const model = (metadata: ModelSpec['metadata'] = {}) =>
    network({
      inputs: [{ ...FACE, shape: ['n', 3, 'h', 'w'] }],
      outputs: [{ ...VECTOR, shape: ['n', 'size'] }],
      metadata,
    })
  const usual = await open(t, model())
  t.match(usual.model, { shape: { height: 112, width: 112 }, freeSize: true })
  t.same(usual.remarks, ['model.onnx: takes images of any size, and is given 112x112; --preprocess size= says another'])
  const asked = await open(t, model(), { preprocess: { name: 'mxnet', size: 5 } })
  t.match(asked.model.shape, { height: 5, width: 5 })
  t.same(asked.remarks, [])
  await sees(t, asked)
  const stored = { [PREPROCESS_KEY]: '{"order":"bgr","mean":[1,2,3],"std":[4,5,6],"layout":"nchw","size":3}' }
  const told = await open(t, model(stored), {})
  t.match(told.model, {
    shape: { height: 3, width: 3 },
    normalisation: { order: 'bgr', mean: [1, 2, 3], std: [4, 5, 6] },
  })
  await sees(t, told)
  t.match((await open(t, model(stored), { preprocess: { size: 7, order: 'rgb' } })).model, {
    shape: { height: 7, width: 7 },
    normalisation: { order: 'rgb', mean: [1, 2, 3], std: [4, 5, 6] },
  })
  await t.rejects(open(t, network({}), { preprocess: { name: 'mxnet', size: 112 } }), {
    message: /expected the input that --preprocess names, nchw of 112x112, found face float32 \[\*, 3, 2, 2\]$/,
  })
})

t.test('a layout that the input does not tell', async t => {
  const open4 = (shape: (number | string)[]) =>
    network({ inputs: [{ ...FACE, shape }], outputs: [{ ...VECTOR, shape: ['n', 'size'] }] })
  for (const shape of [
    ['n', 'a', 'b', 'c'],
    ['n', 3, 5, 3],
  ]) {
    await t.rejects(open(t, open4(shape)), {
      message: /--preprocess layout=nchw or layout=nhwc says which, found face/,
    })
    for (const layout of ['nchw', 'nhwc'] as const) {
      const opened = await open(t, open4(shape), {
        preprocess: { name: 'mxnet', layout, ...(shape[1] === 3 ? {} : { size: 3 }) },
      })
      t.match(opened.model.shape, { layout, channels: 3 })
      await sees(t, opened)
    }
  }
  await t.rejects(open(t, network({}), { preprocess: { name: 'mxnet', layout: 'nhwc' } }), {
    message: /expected the input that --preprocess names, nhwc, found face/,
  })
})

t.test('what is too large to be an image', async t => {
  for (const shape of [
    ['n', 3, 2 ** 31, 2 ** 31],
    [2 ** 40, 3, 112, 112],
    ['n', 3, 2 ** 20, 2 ** 20],
  ])
    await t.rejects(
      open(t, network({ inputs: [{ ...FACE, shape }], outputs: [{ ...VECTOR, shape: [shape[0]!, 'size'] }] })),
      {
        message: /expected an input of at most 67108864 numbers, found face|cannot load the model: Invalid dimension/,
      },
    )
  const wide = network({
    outputs: [{ ...VECTOR, shape: ['n', 'size'] }],
    nodes: [
      { ...FLATTEN, outputs: ['flat'] },
      { op: 'Tile', inputs: ['flat', 'by'], outputs: ['vector'] },
    ],
    constants: { by: integers(1, 2 ** 14) },
  })
  const opened = await open(t, wide)
  await t.rejects(embed(opened, 1), {
    message: 'model.onnx: expected embeddings of at most 65536 numbers, found 196608',
  })
})

t.test('weights in a file beside the model', async t => {
  const nodes: ModelNode[] = [
    { op: 'Mul', inputs: ['face', 'w'], outputs: ['x'] },
    { ...FLATTEN, inputs: ['x'] },
  ]
  const external = { location: 'model.onnx.data', offset: '0', length: String(4 * SIZE) }
  const w = { dtype: 'float32' as const, shape: [1, 3, SIDE, SIDE], data: new Float32Array(0), external }
  const file = join(t.testdir(), 'model.onnx')
  writeFileSync(file, network({ nodes, constants: { w } }))
  await t.rejects(openOnnxModel(file, { preprocess: 'raw' }), {
    message: /model\.onnx\.data, beside the model, found no such file$/,
  })
  writeFileSync(`${file}.data`, new Uint8Array(new Float32Array(SIZE).fill(2).buffer))
  const model = await openOnnxModel(file, { preprocess: 'raw', remark: () => {} })
  t.same(model.files, [file, `${file}.data`])
  const found = await embed({ model, remarks: [] }, 1)
  t.same(found, [seen(model, 0).map(value => 2 * value)])
  await model.close()
})

const IMAGENET = { mean: [0.485, 0.456, 0.406], std: [0.229, 0.224, 0.225] }

t.test('a normalisation inside the model is found and said', async t => {
  const chain = (...steps: [op: string, constant: ReturnType<typeof floats>][]) =>
    network({
      nodes: [
        ...steps.map(([op], i) => ({ op, inputs: [i === 0 ? 'face' : `x${i}`, `c${i}`], outputs: [`x${i + 1}`] })),
        { ...FLATTEN, inputs: [`x${steps.length}`] },
      ],
      constants: Object.fromEntries(steps.map(([, constant], i) => [`c${i}`, constant])),
    })
  const perChannel = (values: number[]) => floats([1, 3, 1, 1], ...values)
  const one = (value: number) => floats([1], value)

  // The order of its channels is not in it: that is asked for.
  const insightface = chain(['Sub', one(127.5)], ['Mul', one(0.0078125)])
  await t.rejects(open(t, insightface, {}), {
    message:
      'model.onnx: the model normalises its input itself, (x - 127.5) / 128, but does not say whether it is RGB or BGR: --preprocess "raw order=rgb" or "raw order=bgr"',
  })
  const bgr = await open(t, insightface, { preprocess: { name: 'raw', order: 'bgr' } })
  t.same(bgr.remarks, ['model.onnx: normalises its input itself, (x - 127.5) / 128; it is given bgr mean=0 std=1'])
  t.same(await embed(bgr, 1), [seen(bgr.model, 0).map(value => (value - 127.5) / 128)])
  const twice = await open(t, insightface, { preprocess: 'mxnet' })
  t.same(twice.remarks, [
    'model.onnx: normalises its input itself, (x - 127.5) / 128, and rgb mean=127.5 std=128 comes on top; --preprocess "raw" leaves it alone',
  ])

  const found: [name: string, model: Uint8Array, normalisation: Normalisation, remark: RegExp][] = [
    [
      'ImageNet in units of 255, RGB',
      chain(
        ['Sub', perChannel(IMAGENET.mean.map(value => 255 * value))],
        ['Div', perChannel(IMAGENET.std.map(value => 255 * value))],
      ),
      { order: 'rgb', mean: [0, 0, 0], std: [1, 1, 1] },
      /\(x - \[123\.675, 116\.28, 103\.53\]\) \/ \[58\.395, 57\.12, 57\.375\]; it is given rgb mean=0 std=1$/,
    ],
    [
      'x / 255 and ImageNet, BGR',
      chain(
        ['Div', one(255)],
        ['Sub', perChannel([...IMAGENET.mean].reverse())],
        ['Div', perChannel([...IMAGENET.std].reverse())],
      ),
      { order: 'bgr', mean: [0, 0, 0], std: [1, 1, 1] },
      /\(x - \[103\.53, 116\.28, 123\.675\]\) .*; it is given bgr mean=0 std=1$/,
    ],
    [
      'ImageNet of an input of 0 to 1',
      chain(['Sub', perChannel(IMAGENET.mean)], ['Div', perChannel(IMAGENET.std)]),
      { order: 'rgb', mean: [0, 0, 0], std: [255, 255, 255] },
      /\(x - \[0\.485, 0\.456, 0\.406\]\) .*; it is given rgb mean=0 std=255$/,
    ],
  ]
  for (const [name, model, normalisation, remark] of found) {
    const opened = await open(t, model, {})
    t.match(opened.model.normalisation, normalisation, name)
    t.match(opened.remarks, [remark], name)
  }
  await t.rejects(open(t, chain(['Add', one(-0.5)], ['Div', one(0.5)]), {}), {
    message: /itself, \(x - 0\.5\) \/ 0\.5, .* BGR: --preprocess "mean=0 std=255 order=rgb" or/,
  })
  // Numbers behind the first layer, and those of another input, are none of it.
  const later = network({
    nodes: [
      { op: 'Relu', inputs: ['face'], outputs: ['r'] },
      { op: 'Sub', inputs: ['r', 'c'], outputs: ['s'] },
      { ...FLATTEN, inputs: ['s'] },
    ],
    constants: { c: one(127.5) },
  })
  await t.rejects(open(t, later, {}), { message: /the model does not say how its input is normalised/ })
  t.same((await open(t, later)).remarks, [])
})

t.test('a normalisation inside a model of whole numbers', async t => {
  const model = network({
    inputs: [{ ...FACE, dtype: 'uint8', shape: ['n', SIDE, SIDE, 3] }],
    nodes: [
      cast('face', 'x', 'float32'),
      { op: 'Transpose', inputs: ['x'], outputs: ['y'], attributes: { perm: [0, 3, 1, 2] } },
      { op: 'Sub', inputs: ['y', 'm'], outputs: ['z'] },
      { op: 'Div', inputs: ['z', 's'], outputs: ['w'] },
      { ...FLATTEN, inputs: ['w'] },
    ],
    constants: { m: floats([], 127.5), s: floats([1], 128) },
  })
  await t.rejects(open(t, model, {}), {
    message: /itself, \(x - 127\.5\) \/ 128, but does not say whether it is RGB or BGR/,
  })
  const opened = await open(t, model, { preprocess: 'raw' })
  const [height, width] = [SIDE, SIDE]
  const input = new Float32Array(SIZE)
  const mxnet = { order: 'rgb', mean: [127.5, 127.5, 127.5], std: [128, 128, 128] } as const
  inputFiller(mxnet, { layout: 'nchw', height, width })(input, 0, testPixels(height, width, 0), false)
  t.same(await embed(opened, 1), [[...input]])
})
