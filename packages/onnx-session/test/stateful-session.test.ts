import t from 'tap'
import { type OnnxSession, openSession, StatefulSession, type TypedTensor } from '../src/index.js'
import { type ModelSpec, onnxModel } from './onnx-model.js'

/** Momentum: v' = 0.5 v + table[row]; w' = w - v'; early = w, read after w' is known. */
const STEP: ModelSpec = {
  inputs: [
    { name: 'w', dtype: 'float32', shape: [2] },
    { name: 'v', dtype: 'float32', shape: [2] },
    { name: 'row', dtype: 'int64', shape: [] },
  ],
  outputs: [
    { name: 'w_next', dtype: 'float32', shape: [2] },
    { name: 'product', dtype: 'float32', shape: [2] },
    { name: 'v_next', dtype: 'float32', shape: [2] },
  ],
  nodes: [
    { op: 'Gather', inputs: ['table', 'row'], outputs: ['g'], attributes: { axis: 0 } },
    { op: 'Mul', inputs: ['v', 'half'], outputs: ['decayed'] },
    { op: 'Add', inputs: ['decayed', 'g'], outputs: ['v_next'] },
    { op: 'Sub', inputs: ['w', 'v_next'], outputs: ['w_next'] },
    { op: 'Mul', inputs: ['w', 'w_next'], outputs: ['product'] },
  ],
  constants: {
    table: { shape: [2, 2], data: Float32Array.of(1, 2, -3, 4) },
    half: { shape: [], data: Float32Array.of(0.5) },
  },
}
const PAIRS = [
  { input: 'w', output: 'w_next' },
  { input: 'v', output: 'v_next' },
]
const TABLE = [
  [1, 2],
  [-3, 4],
]
const row = (index: number): { row: TypedTensor } => ({
  row: { dtype: 'int64', shape: [], data: BigInt64Array.of(BigInt(index)) },
})

async function open(): Promise<StatefulSession> {
  return new StatefulSession(await openSession(onnxModel(STEP), { optimization: 'basic' }), PAIRS)
}

t.test('steps carry the state on', async t => {
  const training = await open()
  t.same(
    training.states.map(({ name }) => name),
    ['w', 'v'],
  )
  t.same(
    training.inputs.map(({ name }) => name),
    ['row'],
  )
  t.same(
    training.outputs.map(({ name }) => name),
    ['product'],
  )
  training.setState('w', Float32Array.of(8, 16))
  training.setState('v', Float32Array.of(0, 1))
  const w = [8, 16]
  const v = [0, 1]
  for (const index of [0, 1, 1, 0, 1]) {
    const results = await training.step(row(index))
    const before = [...w]
    for (const i of [0, 1]) {
      v[i] = 0.5 * v[i]! + TABLE[index]![i]!
      w[i]! -= v[i]!
    }
    t.same(Object.keys(results), ['product'])
    t.same([...results.product!.data], [before[0]! * w[0]!, before[1]! * w[1]!], 'the old w was still there to be read')
    t.same([...training.getState('w')], w)
    t.same([...training.getState('v')], v)
  }
})

t.test('a state that was read or set shares no memory with the session', async t => {
  const training = await open()
  const given = Float32Array.of(8, 16)
  training.setState('w', given)
  training.setState('v', Float32Array.of(0, 0))
  given.fill(-1)
  const read = training.getState('w') as Float32Array
  t.same([...read], [8, 16])
  read.fill(-1)
  await training.step(row(0))
  t.same([...training.getState('w')], [7, 14])
})

t.test('a step that fails leaves the state as it was, and the next one runs', async t => {
  const training = await open()
  training.setState('w', Float32Array.of(8, 16))
  training.setState('v', Float32Array.of(0, 0))
  await training.step(row(0))
  await t.rejects(training.step(row(7)), { name: 'DataError' })
  await t.rejects(training.step({}), { name: 'TypeError', message: 'input row: expected int64 [], found nothing' })
  t.same([...training.getState('w')], [7, 14])
  await training.step(row(1))
  t.same([...training.getState('w')], [9.5, 9])
})

t.test('two buffers a state, in turn, never the same on both sides', async t => {
  const state = { dtype: 'float32', shape: [2] } as const
  const seen: [unknown, unknown][] = []
  const session: Pick<OnnxSession, 'inputs' | 'outputs' | 'run'> = {
    inputs: [{ name: 'w', ...state }],
    outputs: [{ name: 'w_next', ...state }],
    async run(feeds, into) {
      seen.push([feeds.w!.data.buffer, into!.w_next!.data.buffer])
      return { ...into }
    },
  }
  const training = new StatefulSession(session, [{ input: 'w', output: 'w_next' }])
  training.setState('w', Float32Array.of(1, 2))
  for (let i = 0; i < 4; i++) await training.step({})
  const [[a, b]] = seen as [[unknown, unknown]]
  t.not(a, b)
  for (const [i, [from, to]] of seen.entries()) {
    t.equal(from, i % 2 === 0 ? a : b)
    t.equal(to, i % 2 === 0 ? b : a)
  }
})

t.test('an input in shared memory is copied to one buffer, step after step', async t => {
  const seen: { buffer: unknown; values: number[] }[] = []
  const session: Pick<OnnxSession, 'inputs' | 'outputs' | 'run'> = {
    inputs: [{ name: 'x', dtype: 'float32', shape: [null] }],
    outputs: [],
    async run({ x }) {
      seen.push({ buffer: x!.data.buffer, values: [...(x!.data as Float32Array)] })
      return {}
    },
  }
  const training = new StatefulSession(session, [])
  const own = Float32Array.of(1, 2)
  const inputs = [own, shared(Float32Array, [3, 4]), shared(Float32Array, [5, 6]), shared(Float32Array, [7])]
  for (const data of [...inputs, shared(Int32Array, [8])])
    await training.step({ x: { dtype: 'float32', shape: [data.length], data } })
  t.strictSame(
    seen.map(({ values }) => values),
    [[1, 2], [3, 4], [5, 6], [7], [8]],
  )
  const [first, second, third, shorter, integers] = seen.map(({ buffer }) => buffer)
  t.equal(first, own.buffer)
  t.ok(second instanceof ArrayBuffer)
  t.equal(third, second)
  t.not(shorter, second)
  t.not(integers, shorter)
})

function shared<A extends Float32Array | Int32Array>(type: new (buffer: SharedArrayBuffer) => A, values: number[]): A {
  const array = new type(new SharedArrayBuffer(4 * values.length))
  array.set(values)
  return array
}

t.test('what cannot be', async t => {
  const training = await open()
  await t.rejects(training.step(row(0)), { message: 'state w was never set' })
  t.throws(() => training.setState('w', Float32Array.of(1)), {
    message: 'state w: expected 2 values in a Float32Array, found 1 in a Float32Array',
  })
  t.throws(() => training.setState('w', Int32Array.of(1, 2)), { message: /found 2 in a Int32Array/ })
  t.throws(() => training.setState('u', Float32Array.of(1)), {
    message: 'state u: the model has no such state (it has w, v)',
  })
  t.throws(() => training.getState('row'), { message: /state row: the model has no such state/ })
  training.setState('w', Float32Array.of(1, 2))
  training.setState('v', Float32Array.of(1, 2))
  await t.rejects(training.step({ ...row(0), w: { dtype: 'float32', shape: [2], data: Float32Array.of(1, 2) } }), {
    message: 'input w: is a state; set it with setState',
  })
  const first = training.step(row(0))
  await t.rejects(training.step(row(0)), { message: 'a step still runs' })
  t.throws(() => training.setState('w', Float32Array.of(1, 2)), { message: 'state w: cannot be set while a step runs' })
  await first
})

t.test('pairs that do not fit the model', async t => {
  const session = await openSession(
    onnxModel({
      ...STEP,
      inputs: [...STEP.inputs, { name: 'free', dtype: 'float32', shape: ['n'] }],
      outputs: [
        ...STEP.outputs,
        { name: 'row_next', dtype: 'int64', shape: [] },
        { name: 'free_next', dtype: 'float32', shape: ['n'] },
      ],
      nodes: [
        ...STEP.nodes,
        { op: 'Identity', inputs: ['row'], outputs: ['row_next'] },
        { op: 'Identity', inputs: ['free'], outputs: ['free_next'] },
      ],
    }),
  )
  const wrong: [input: string, output: string, message: string][] = [
    ['u', 'w_next', 'state u: the model has no such input'],
    ['w', 'u', 'state w: the model has no output u'],
    ['w', 'row_next', 'state w: goes in as float32 [2] and comes back as int64 []'],
    ['free', 'free_next', 'state free: float32 [*] is not of a fixed shape'],
  ]
  for (const [input, output, message] of wrong)
    t.throws(() => new StatefulSession(session, [{ input, output }]), { name: 'TypeError', message })
  const twice = [PAIRS[0]!, { input: 'v', output: 'w_next' }]
  t.throws(() => new StatefulSession(session, twice), { message: 'output w_next is named by two states' })
})
