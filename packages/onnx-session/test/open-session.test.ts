import { execFile } from 'node:child_process'
import { readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { promisify } from 'node:util'
import { DataError } from '@tiny-face/safe-files'
import { InferenceSession } from 'onnxruntime-node'
import t from 'tap'
import { openSession, type TypedTensor } from '../src/index.js'
import { ELEMENT_TYPES, type ModelSpec, type ModelValue, onnxModel } from './onnx-model.js'

const VALUES: TypedTensor[] = [
  { dtype: 'uint8', shape: [3], data: Uint8Array.of(0, 127, 255) },
  { dtype: 'int32', shape: [2], data: Int32Array.of(-(2 ** 31), 2 ** 31 - 1) },
  { dtype: 'int64', shape: [2], data: BigInt64Array.of(-(2n ** 63n), 2n ** 63n - 1n) },
  { dtype: 'float32', shape: [2, 2], data: Float32Array.of(-0, 1e-45, Number.NaN, Number.NEGATIVE_INFINITY) },
  { dtype: 'float32', shape: [], data: Float32Array.of(7) },
  { dtype: 'bool', shape: [1, 2], data: Uint8Array.of(1, 0) },
  { dtype: 'int8', shape: [2], data: Int8Array.of(-128, 127) },
  { dtype: 'uint16', shape: [2], data: Uint16Array.of(0, 65535) },
  { dtype: 'int16', shape: [2], data: Int16Array.of(-32768, 32767) },
  { dtype: 'uint32', shape: [1], data: Uint32Array.of(2 ** 32 - 1) },
  { dtype: 'uint64', shape: [1], data: BigUint64Array.of(2n ** 64n - 1n) },
  { dtype: 'float16', shape: [3], data: Uint16Array.of(0x3c00, 0x8000, 0x7c00) },
  { dtype: 'float64', shape: [2], data: Float64Array.of(-0, 0.1) },
]

for (const value of VALUES) {
  t.test(`${value.dtype} [${value.shape}] comes back as it went in`, async t => {
    const { dtype, shape } = value
    const session = await openSession(
      onnxModel({
        inputs: [{ name: 'x', dtype, shape: [...shape] }],
        outputs: [{ name: 'y', dtype, shape: [...shape] }],
        nodes: [{ op: 'Identity', inputs: ['x'], outputs: ['y'] }],
      }),
    )
    t.same(session.inputs, [{ name: 'x', dtype, shape }])
    const { y } = await session.run({ x: value })
    t.strictSame(y, value)
    t.not(y!.data.buffer, value.data.buffer)
    await session.close()
  })
}

t.test('memory that threads share goes in as well', async t => {
  const type = { dtype: 'float32', shape: [2] } as const
  const session = await openSession(
    onnxModel({
      inputs: [{ name: 'x', ...type, shape: [2] }],
      outputs: [{ name: 'y', ...type, shape: [2] }],
      nodes: [{ op: 'Identity', inputs: ['x'], outputs: ['y'] }],
    }),
  )
  const shared = new Float32Array(new SharedArrayBuffer(8))
  shared.set([1, -2])
  const { y } = await session.run({ x: { ...type, data: shared } })
  t.strictSame(y!.data, Float32Array.of(1, -2))
  await session.close()
})

/** sum = a + b over any number of rows; picked = the row of a that `row` names. */
const SUM: ModelSpec = {
  inputs: [
    { name: 'a', dtype: 'float32', shape: ['rows', 2] },
    { name: 'b', dtype: 'float32', shape: [2] },
    { name: 'row', dtype: 'int64', shape: [] },
  ],
  outputs: [
    { name: 'sum', dtype: 'float32', shape: ['rows', 2] },
    { name: 'picked', dtype: 'float32', shape: [2] },
  ],
  nodes: [
    { op: 'Add', inputs: ['a', 'b'], outputs: ['sum'] },
    { op: 'Gather', inputs: ['a', 'row'], outputs: ['picked'], attributes: { axis: 0 } },
  ],
  metadata: { key: 'value' },
}
const A: TypedTensor = { dtype: 'float32', shape: [3, 2], data: Float32Array.of(1, 2, 3, 4, 5, 6) }
const B: TypedTensor = { dtype: 'float32', shape: [2], data: Float32Array.of(10, 20) }
const ROW: TypedTensor = { dtype: 'int64', shape: [], data: BigInt64Array.of(1n) }
const FEEDS = { a: A, b: B, row: ROW }

t.test('a model from a file, with a dimension of any size', async t => {
  const file = join(t.testdir(), 'sum.onnx')
  writeFileSync(file, onnxModel(SUM))
  const session = await openSession(file, { threads: 1, optimization: 'basic' })
  t.same(session.metadata, { key: 'value' })
  t.same(
    session.inputs.map(({ shape }) => shape),
    [[null, 2], [2], []],
  )
  t.same(session.outputs, [
    { name: 'sum', dtype: 'float32', shape: [null, 2] },
    { name: 'picked', dtype: 'float32', shape: [2] },
  ])
  t.same(await session.run(FEEDS), {
    sum: { dtype: 'float32', shape: [3, 2], data: Float32Array.of(11, 22, 13, 24, 15, 26) },
    picked: { dtype: 'float32', shape: [2], data: Float32Array.of(3, 4) },
  })
  const one: TypedTensor = { dtype: 'float32', shape: [1, 2], data: Float32Array.of(1, 2) }
  const { sum } = await session.run({ ...FEEDS, a: one, row: { ...ROW, data: BigInt64Array.of(0n) } })
  t.same(sum!.data, Float32Array.of(11, 22))
  await session.close()
  await session.close()
  await t.rejects(session.run(FEEDS), { name: 'TypeError', message: /the session is closed/ })
})

t.test('outputs are written to the buffers given for them', async t => {
  const session = await openSession(onnxModel(SUM))
  const memory = new Float32Array(16).fill(-1)
  const into = { sum: { dtype: 'float32', shape: [3, 2], data: memory.subarray(4, 10) } } as const
  const results = await session.run(FEEDS, into)
  t.equal(results.sum, into.sum)
  t.same([...memory], [-1, -1, -1, -1, 11, 22, 13, 24, 15, 26, -1, -1, -1, -1, -1, -1])
  t.same(results.picked!.data, Float32Array.of(3, 4))

  const overA = { sum: { ...A, data: (A.data as Float32Array).subarray(0, 6) } }
  await t.rejects(session.run(FEEDS, overA), { message: 'output sum: shares its buffer with input a' })
  const twice = { sum: { ...A, data: memory.subarray(0, 6) }, picked: { ...B, data: memory.subarray(5, 7) } }
  await t.rejects(session.run(FEEDS, twice), { message: 'output picked: shares its buffer with output sum' })
  await t.rejects(session.run(FEEDS, { total: B }), {
    message: 'output total: the model has no such output (it has sum, picked)',
  })
  await session.close()
})

t.test('a wrong tensor is named before native code sees it', async t => {
  const session = await openSession(onnxModel(SUM))
  const wrong: [feeds: Record<string, TypedTensor>, message: string][] = [
    [{ a: A, b: B }, 'input row: expected int64 [], found nothing'],
    [{ ...FEEDS, c: B }, 'input c: the model has no such input (it has a, b, row)'],
    [
      { ...FEEDS, b: { ...B, dtype: 'int32', data: Int32Array.of(1, 2) } },
      'input b: expected float32 [2], found int32 [2]',
    ],
    [{ ...FEEDS, b: { ...B, data: Int32Array.of(1, 2) } }, 'input b: expected a Float32Array, found Int32Array'],
    [{ ...FEEDS, b: { ...B, shape: [1, 2] } }, 'input b: expected float32 [2], found float32 [1, 2]'],
    [{ ...FEEDS, a: { ...A, shape: [2, 3] } }, 'input a: expected float32 [*, 2], found float32 [2, 3]'],
    [{ ...FEEDS, a: { ...A, shape: [2, 2] } }, 'input a: expected 4 values for float32 [2, 2], found 6'],
    [{ ...FEEDS, a: { ...A, shape: [1.5, 2] } }, 'input a: expected whole numbers for a shape, found [1.5, 2]'],
  ]
  for (const [feeds, message] of wrong) await t.rejects(session.run(feeds), { name: 'TypeError', message })
  await session.close()
})

t.test('a model that fails while it runs says so on one line', async t => {
  const session = await openSession(onnxModel(SUM))
  const outside = { ...FEEDS, row: { ...ROW, data: BigInt64Array.of(9n) } }
  await t.rejects(session.run(outside), {
    name: 'DataError',
    message: /^ONNX model: the model failed: [^\n]*idx=9[^\n]*$/,
  })
  t.same((await session.run(FEEDS)).picked!.data, Float32Array.of(3, 4))
  await session.close()
})

t.test('every model with one byte damaged opens, or is a DataError of one line', async t => {
  const model = onnxModel(SUM)
  let refused = 0
  for (let i = 0; i < model.length; i++) {
    const damaged = Uint8Array.from(model)
    damaged[i]! ^= 1 << (i % 8)
    try {
      await (await openSession(damaged)).close()
    } catch (error) {
      refused++
      if (!(error instanceof DataError) || error.message.includes('\n')) t.fail(`byte ${i}: ${error}`)
    }
  }
  t.ok(refused > model.length / 4, `${refused} of ${model.length} refused`)
})

t.test('an input that is no known tensor is refused', async t => {
  const model = onnxModel({
    inputs: [{ name: 'x', dtype: 'string', shape: [1] }],
    outputs: [{ name: 'y', dtype: 'string', shape: [1] }],
    nodes: [{ op: 'Identity', inputs: ['x'], outputs: ['y'] }],
  })
  await t.rejects(openSession(model), {
    name: 'DataError',
    message: /^ONNX model: expected input x of uint8, .*float64, bool, found string$/,
  })
})

const X = { name: 'x', dtype: 'float32', shape: ['n', 2] } as const
const AS = (name: string, dtype: ModelValue['dtype']) => ({
  value: { name, dtype, shape: ['n', 2] },
  node: { op: 'Cast', inputs: ['x'], outputs: [name], attributes: { to: ELEMENT_TYPES[dtype] } },
})

t.test('outputs of any other type do not matter, and are not asked for', async t => {
  const others = [AS('text', 'string'), AS('brain', 'bfloat16')]
  const kept = AS('y', 'float64')
  const model = onnxModel({
    inputs: [{ ...X, shape: ['n', 2] }],
    outputs: [others[0]!.value, kept.value, kept.value, others[1]!.value],
    nodes: [...others, kept].map(({ node }) => node),
    metadata: { key: 'value' },
  })
  const file = join(t.testdir(), 'model.onnx')
  writeFileSync(file, model)
  for (const given of [model, file]) {
    const session = await openSession(given)
    t.same(session.outputs, [{ name: 'y', dtype: 'float64', shape: [null, 2] }])
    t.same(session.otherOutputs, [
      { name: 'text', type: 'string' },
      { name: 'brain', type: 'bfloat16' },
    ])
    t.same(session.metadata, { key: 'value' })
    const result = await session.run({ x: { dtype: 'float32', shape: [1, 2], data: Float32Array.of(1.5, 2) } })
    t.same(result, { y: { dtype: 'float64', shape: [1, 2], data: Float64Array.of(1.5, 2) } })
    await session.close()
  }
})

t.test('only the outputs that are wanted come back', async t => {
  const session = await openSession(onnxModel(SUM))
  t.strictSame(Object.keys(await session.run(FEEDS, {}, ['sum'])), ['sum'])
  await session.close()
})

t.test('weights in a file beside the model', async t => {
  const folder = t.testdir()
  const file = join(folder, 'model.onnx')
  const weights = (location: string) => ({
    w: { dtype: 'float32', shape: [2], data: new Float32Array(0), external: { location, offset: '4', length: '8' } },
  })
  const spec = (location: string) => ({
    inputs: [{ ...X, shape: ['n', 2] }],
    outputs: [{ ...X, name: 'y', shape: ['n', 2] }],
    nodes: [{ op: 'Add', inputs: ['x', 'w'], outputs: ['y'] }],
    constants: weights(location) as ModelSpec['constants'] & object,
  })
  writeFileSync(file, onnxModel(spec('model.onnx.data')))
  await t.rejects(openSession(file), {
    name: 'DataError',
    message: new RegExp(
      `weights "w", expected its weights in ${folder}/model.onnx.data, beside the model, found no such`,
    ),
  })
  await t.rejects(openSession(onnxModel(spec('model.onnx.data'))), {
    message: /expected weights within the model, of which only the bytes are given, found weights in model.onnx.data$/,
  })
  writeFileSync(`${file}.data`, new Uint8Array(Float32Array.of(7, 10, 20).buffer))
  const session = await openSession(file)
  t.strictSame(session.files, [file, `${file}.data`])
  const { y } = await session.run({ x: { dtype: 'float32', shape: [1, 2], data: Float32Array.of(1, 2) } })
  t.same(y!.data, Float32Array.of(11, 22))
  await session.close()
})

t.test('nothing is printed, whatever goes wrong', async t => {
  const script = `
    import { openSession } from ${JSON.stringify(new URL('../src/index.ts', import.meta.url).href)}
    const model = Uint8Array.from(Buffer.from(${JSON.stringify(Buffer.from(onnxModel(SUM)).toString('base64'))}, 'base64'))
    const session = await openSession(model)
    const f32 = (shape, ...data) => ({ dtype: 'float32', shape, data: Float32Array.from(data) })
    const failed = session.run({ a: f32([1, 2], 1, 2), b: f32([2], 1, 2), row: { dtype: 'int64', shape: [], data: BigInt64Array.of(9n) } })
    console.log(await failed.then(() => 'ran', error => error.name))
    const damaged = Buffer.from(model)
    damaged.write('Gathen', damaged.indexOf('Gather'))
    console.log(await openSession(damaged).then(() => 'opened', error => error.name))`
  const { stdout, stderr } = await promisify(execFile)(
    process.execPath,
    ['--import=tsx', '--input-type=module', '--eval', script],
    { cwd: fileURLToPath(new URL('.', import.meta.url)) },
  )
  t.equal(stdout, 'DataError\nDataError\n')
  t.equal(stderr, '')
})

const uncounted = process.platform !== 'linux' && 'new pages are counted on Linux'

t.test('without a memory pattern the second run touches no new memory', { skip: uncounted }, async t => {
  const [rows, width, depth] = [256, 4096, 12]
  // a chain of matrices, none of which may be computed in the place of another
  const nodes = Array.from({ length: depth }, (_, i) => [
    { op: 'Neg', inputs: [i === 0 ? 'x' : `sum${i - 1}`], outputs: [`neg${i}`] },
    { op: 'Add', inputs: [i === 0 ? 'x' : `sum${i - 1}`, `neg${i}`], outputs: [i === depth - 1 ? 'y' : `sum${i}`] },
  ]).flat()
  const shape = [rows, width]
  const model = onnxModel({
    inputs: [{ name: 'x', dtype: 'float32', shape }],
    outputs: [{ name: 'y', dtype: 'float32', shape }],
    nodes,
  })
  const x: TypedTensor = { dtype: 'float32', shape, data: new Float32Array(rows * width).fill(1) }
  const newPages = async (memoryPattern: boolean) => {
    const session = await openSession(model, { threads: 1, optimization: 'disabled', memoryPattern })
    const into = { y: { ...x, data: new Float32Array(rows * width).fill(2) } }
    await session.run({ x }, into)
    const before = process.resourceUsage().minorPageFault
    await session.run({ x }, into)
    const pages = process.resourceUsage().minorPageFault - before
    await session.close()
    return pages
  }
  const [without, withPattern] = [await newPages(false), await newPages(true)]
  t.ok(without * 1.5 < withPattern, `${without} pages without, ${withPattern} with`)
})

t.test('a rewrite that is named is left out', async t => {
  const dtype = 'float32'
  // there and back around a Neg: onnxruntime takes both out
  const model = onnxModel({
    inputs: [{ name: 'x', dtype, shape: [2, 3] }],
    outputs: [{ name: 'y', dtype, shape: [2, 3] }],
    nodes: [
      { op: 'Transpose', inputs: ['x'], outputs: ['turned'], attributes: { perm: [1, 0] } },
      { op: 'Neg', inputs: ['turned'], outputs: ['negative'] },
      { op: 'Transpose', inputs: ['negative'], outputs: ['y'], attributes: { perm: [1, 0] } },
    ],
  })
  const file = join(t.testdir(), 'rewritten.onnx')
  const create = InferenceSession.create
  t.teardown(() => Object.assign(InferenceSession, { create }))
  Object.assign(InferenceSession, {
    create: (bytes: Uint8Array, options: InferenceSession.SessionOptions) =>
      create.call(InferenceSession, bytes, { ...options, optimizedModelFilePath: file }),
  })
  const transposes = async (withoutOptimizers?: string[]) => {
    const session = await openSession(model, { optimization: 'basic', withoutOptimizers })
    await session.close()
    return readFileSync(file, 'latin1').split('Transpose').length - 1
  }
  t.equal(await transposes(), 0)
  t.ok((await transposes(['TransposeOptimizer'])) >= 2)
})
