import { readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { InferenceSession } from 'onnxruntime-node'
import t from 'tap'
import { openSession, type TypedTensor } from '../src/index.js'
import { readModelGraph } from '../src/read-model-graph.js'
import { rewriteGraph } from '../src/rewrite-graph.js'
import { splitPrelu } from '../src/split-prelu.js'
import { type ModelConstant, type ModelNode, type ModelSpec, onnxModel } from './onnx-model.js'

const [CHANNELS, SIDE] = [16, 5]
const SLOPES = Float32Array.from({ length: CHANNELS }, (_, c) => (c - 5) / 4) // -1.25 to 2.5: also below 0, 0, and over 1
const KERNELS = Float32Array.from({ length: CHANNELS * 3 * 9 }, (_, i) => Math.sin(i))

function network(slopes: Record<string, ModelConstant>, nodes: ModelNode[] = []): ModelSpec {
  return {
    inputs: [{ name: 'x', dtype: 'float32', shape: ['n', 3, SIDE, SIDE] }],
    outputs: [{ name: 'y', dtype: 'float32', shape: ['n', CHANNELS, SIDE, SIDE] }],
    nodes: [
      ...nodes,
      { op: 'Conv', inputs: ['x', 'kernels'], outputs: ['c'], attributes: { pads: [1, 1, 1, 1] } },
      { op: 'PRelu', inputs: ['c', 'slopes'], outputs: ['p'] },
      { op: 'Add', inputs: ['c', 'p'], outputs: ['y'] },
    ],
    constants: { kernels: { shape: [CHANNELS, 3, 3, 3], data: KERNELS }, ...slopes },
  }
}

const X: TypedTensor = {
  dtype: 'float32',
  shape: [2, 3, SIDE, SIDE],
  data: Float32Array.from({ length: 2 * 3 * SIDE * SIDE }, (_, i) => Math.cos(7 * i)),
}

async function resultOf(model: Uint8Array | string, optimization: 'all' | 'disabled'): Promise<Float32Array> {
  const session = await openSession(model, { optimization, threads: 1 })
  const { y } = await session.run({ x: X })
  await session.close()
  return y!.data as Float32Array
}

const AS_THEY_LIE = { slopes: { shape: [CHANNELS, 1, 1], data: SLOPES } }
const SPLIT: [name: string, spec: ModelSpec][] = [
  ['as PyTorch exports them', network(AS_THEY_LIE)],
  ['with an axis for the batch', network({ slopes: { shape: [1, CHANNELS, 1, 1], data: SLOPES } })],
  [
    'in a Constant node',
    network({}, [
      {
        op: 'Constant',
        inputs: [],
        outputs: ['slopes'],
        attributes: { value: { shape: [CHANNELS, 1, 1], data: SLOPES } },
      },
    ]),
  ],
  [
    'as our own export lays them out',
    network(
      {
        list: { shape: [CHANNELS], data: SLOPES },
        to: { shape: [3], data: BigInt64Array.of(BigInt(CHANNELS), 1n, 1n) },
      },
      [{ op: 'Reshape', inputs: ['list', 'to'], outputs: ['slopes'] }],
    ),
  ],
]

for (const [name, spec] of SPLIT)
  t.test(`slopes ${name}: the same result without a PRelu`, async t => {
    const model = onnxModel({ ...spec, metadata: { key: 'value' } })
    const graph = readModelGraph(model)
    const rewritten = rewriteGraph(model, graph, splitPrelu(graph)!)
    const ops = readModelGraph(rewritten).nodes.map(({ op }) => op)
    t.notOk(ops.includes('PRelu'))
    t.equal(ops.length, graph.nodes.length + 5)
    const file = join(t.testdir(), 'model.onnx')
    writeFileSync(file, model)
    const expected = await resultOf(model, 'disabled')
    for (const given of [model, file]) {
      const found = await resultOf(given, 'all')
      const worst = Math.max(...found.map((value, i) => Math.abs(value - expected[i]!)))
      t.ok(worst < 1e-5, `${worst} off`)
    }
    t.ok(expected.some(value => value < 0) && expected.some(value => value > 0))
    t.ok(readFileSync(file).equals(model), 'the file stays as it is')
  })

t.test('what onnxruntime is given: no PRelu for a network that infers, the model itself for a step', async t => {
  const seen: string[][] = []
  const create = InferenceSession.create
  t.teardown(() => Object.assign(InferenceSession, { create }))
  Object.assign(InferenceSession, {
    create: (bytes: Uint8Array, options: InferenceSession.SessionOptions) => {
      seen.push(readModelGraph(bytes).nodes.map(({ op }) => op))
      return create.call(InferenceSession, bytes, options)
    },
  })
  const model = onnxModel(network(AS_THEY_LIE))
  for (const optimization of ['all', 'basic'] as const) await (await openSession(model, { optimization })).close()
  t.strictSame(
    seen.map(ops => ops.includes('PRelu')),
    [false, true],
  )
})

t.test('other slopes stay as they are', async t => {
  const one = (shape: number[], length: number): ModelSpec =>
    network({ slopes: { shape, data: SLOPES.slice(0, length) } })
  const kept: [name: string, spec: ModelSpec][] = [
    ['one for all', one([1], 1)],
    ['one for all, of three axes', one([1, 1, 1], 1)],
    ['one for each column', one([SIDE], SIDE)],
    ['one for each row', one([SIDE, 1], SIDE)],
    [
      'computed',
      network({ half: { shape: [CHANNELS, 1, 1], data: SLOPES } }, [
        { op: 'Neg', inputs: ['half'], outputs: ['slopes'] },
      ]),
    ],
  ]
  for (const [name, spec] of kept) {
    const model = onnxModel(spec)
    t.equal(splitPrelu(readModelGraph(model)), undefined, name)
    t.same(await resultOf(model, 'all'), await resultOf(model, 'all'))
  }
})

t.test('where the split does not suit the network, it is loaded as it is', async t => {
  // An image without a batch: no convolution takes it.
  const value = (name: string) => ({ name, dtype: 'float32' as const, shape: [CHANNELS, SIDE, SIDE] })
  const nodes = [{ op: 'PRelu', inputs: ['x', 'slopes'], outputs: ['y'] }]
  const session = await openSession(
    onnxModel({ inputs: [value('x')], outputs: [value('y')], nodes, constants: AS_THEY_LIE }),
  )
  const data = new Float32Array(CHANNELS * SIDE * SIDE).fill(-1)
  const { y } = await session.run({ x: { dtype: 'float32', shape: [CHANNELS, SIDE, SIDE], data } })
  t.same(
    y!.data,
    data.map((_, i) => 0 - SLOPES[Math.floor(i / SIDE ** 2)]!),
  )
  await session.close()
})
