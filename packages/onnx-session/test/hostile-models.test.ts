import { mkdirSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { DataError } from '@tiny-face/safe-files'
import t from 'tap'
import {
  MAX_GRAPH_DEPTH,
  MAX_LOOP_TURNS,
  MAX_MADE_ELEMENTS,
  MAX_MODEL_NODES,
  MAX_NODE_FIELD_BYTES,
  MAX_TENSOR_AXES,
  openSession,
} from '../src/index.js'
import {
  bytes,
  graphProto,
  type ModelConstant,
  type ModelGraph,
  type ModelNode,
  type ModelSpec,
  message,
  modelOf,
  onnxModel,
  tensorProto,
  text,
  valueInfo,
  whole,
} from './onnx-model.js'

// Files made to hurt whoever opens them. Each is refused in one line before native code sees it, and takes next to no memory.
const MOST_MEGABYTES = 128

const floats = (...values: number[]) => Float32Array.from(values)
const integers = (...values: (number | bigint)[]) => BigInt64Array.from(values, BigInt)
const value = (name: string, shape: (number | string)[] = ['n', 3]) => ({ name, dtype: 'float32' as const, shape })

/** y = x + w, where the test says what w is. */
function weighted(w: ModelConstant, more: Partial<ModelSpec> = {}): Uint8Array {
  const nodes = [{ op: 'Add', inputs: ['x', 'w'], outputs: ['y'] }]
  return onnxModel({ inputs: [value('x')], outputs: [value('y')], nodes, constants: { w }, ...more })
}

function external(entries: Record<string, string>, shape = [3]): Uint8Array {
  return weighted({ dtype: 'float32', shape, data: floats(), external: { location: 'data.bin', ...entries } })
}

/** A value as large as `constants` say, made by an operator and added to x. */
function made(node: Omit<ModelNode, 'outputs'>, constants: Record<string, ModelConstant>): Uint8Array {
  const nodes = [
    { ...node, outputs: ['made'] },
    { op: 'Add', inputs: ['made', 'x'], outputs: ['y'] },
  ]
  return onnxModel({ inputs: [value('x')], outputs: [value('y', ['a', 'b'])], nodes, constants })
}

function loop(turns: string, body: ModelNode[] = []): ModelNode {
  return {
    op: 'Loop',
    inputs: [turns, 'go', 'x'],
    outputs: ['y'],
    attributes: {
      body: {
        inputs: [{ name: 'i', dtype: 'int64', shape: [] }, { name: 'c', dtype: 'bool', shape: [] }, value('v')],
        outputs: [{ name: 'c2', dtype: 'bool', shape: [] }, value('v2')],
        nodes: [
          { op: 'Identity', inputs: ['c'], outputs: ['c2'] },
          { op: 'Identity', inputs: ['v'], outputs: ['v2'] },
          ...body,
        ],
      },
    },
  }
}

const GO: ModelConstant = { dtype: 'bool', shape: [], data: Uint8Array.of(1) }

function looping(node: ModelNode, constants: Record<string, ModelConstant> = {}): Uint8Array {
  return onnxModel({ inputs: [value('x')], outputs: [value('y')], nodes: [node], constants: { go: GO, ...constants } })
}

/** Branches within branches. */
function nested(depth: number): Uint8Array {
  const branch = (name: string): ModelGraph => ({
    inputs: [],
    outputs: [value(name, [1])],
    nodes: [{ op: 'Constant', inputs: [], outputs: [name], attributes: { value: { shape: [1], data: floats(1) } } }],
  })
  let graph = branch('y0')
  for (let i = 1; i <= depth; i++) {
    const attributes = { then_branch: graph, else_branch: branch(`else${i}`) }
    graph = {
      inputs: [],
      outputs: [value(`y${i}`, [1])],
      nodes: [{ op: 'If', inputs: ['go'], outputs: [`y${i}`], attributes }],
    }
  }
  return onnxModel({ ...graph, inputs: [{ name: 'go', dtype: 'bool', shape: [] }] })
}

/** Messages within messages, nothing else. */
function shells(depth: number): Uint8Array {
  let inner: Uint8Array = new Uint8Array(0)
  for (let i = 0; i < depth; i++) inner = message(1, [message(5, [text(1, 'g'), message(6, [inner])])])
  return modelOf([inner])
}

function sparse(shape: number[]): Uint8Array {
  const parts = [
    message(1, tensorProto('w', { shape: [1], data: floats(1) })),
    message(2, tensorProto('', { shape: [1], data: integers(0) })),
    ...shape.map(extent => whole(3, extent)),
  ]
  const nodes = [{ op: 'Add', inputs: ['x', 'w'], outputs: ['y'] }]
  return modelOf([...graphProto({ inputs: [value('x')], outputs: [value('y')], nodes }), message(15, parts)])
}

const base = weighted({ shape: [3], data: floats(1, 2, 3) })
const ROW: ModelConstant = { shape: [1, 3], data: floats(1, 2, 3) }
const size = (...values: (number | bigint)[]): ModelConstant => ({ shape: [values.length], data: integers(...values) })

const CASES: [name: string, model: Uint8Array, message: RegExp][] = [
  [
    'a negative extent',
    weighted({ shape: [-3], data: floats(1, 2, 3) }),
    /weights "w", expected extents of at least 0, found -3$/,
  ],
  ['two negative extents', weighted({ shape: [-3, -1], data: floats(1, 2, 3) }), /extents of at least 0, found -3$/],
  [
    'a huge extent',
    weighted({ shape: [2 ** 40], data: floats(1) }),
    /expected 4398046511104 bytes for \[1099511627776\], found 4$/,
  ],
  [
    'a product over 2^64',
    weighted({ shape: [2 ** 32, 2 ** 32, 3], data: floats(1) }),
    /expected a size that can be, found/,
  ],
  [
    'the largest int64',
    weighted({ dtype: 'float32', shape: [2 ** 62], data: floats() }),
    /expected a size that can be/,
  ],
  [
    'a huge shape without data',
    weighted({ shape: [2 ** 30], data: floats() }),
    /expected 4294967296 bytes for .*, found 0$/,
  ],
  ['too little data', weighted({ shape: [4], data: floats(1, 2, 3) }), /expected 16 bytes for \[4\], found 12$/],
  ['too much data', weighted({ shape: [2], data: floats(1, 2, 3) }), /expected 8 bytes for \[2\], found 12$/],
  [
    'no data at all',
    modelOf([
      ...graphProto({ inputs: [value('x')], outputs: [value('y')], nodes: [] }),
      message(5, [whole(1, 2 ** 33), whole(2, 1), text(8, 'w')]),
    ]),
    /weights "w", expected 34359738368 bytes for \[8589934592\], found none$/,
  ],
  [
    'a type that is none',
    modelOf([message(5, [whole(1, 1), whole(2, 99), text(8, 'w')])]),
    /expected an element type of ONNX, found number 99$/,
  ],
  ['a huge sparse tensor', sparse([2 ** 35]), /expected at most 67108864 elements of a sparse tensor, found/],
  [
    'a path out of the folder',
    external({ location: '../../../../../../etc/passwd' }),
    /expected weights in a file of the model's folder, found "\.\.\/.*passwd"$/,
  ],
  ['a path out by a detour', external({ location: 'a/../../secret' }), /weights in a file of the model's folder/],
  [
    'an absolute path',
    external({ location: '/etc/passwd' }),
    /weights in a file of the model's folder, found "\/etc\/passwd"$/,
  ],
  [
    'an absolute path of Windows',
    external({ location: 'C:\\Windows\\win.ini' }),
    /weights in a file of the model's folder/,
  ],
  ['a path up in Windows', external({ location: '..\\secret' }), /weights in a file of the model's folder/],
  ['no path', external({ location: '' }), /weights in a file of the model's folder, found ""$/],
  [
    'a device without an end',
    external({ location: '/dev/zero', length: String(2 ** 35) }, [2 ** 33]),
    /weights in a file of the model's folder/,
  ],
  ['the folder itself', external({ location: '.' }), /found no file of that name$/],
  ['a folder', external({ location: 'folder' }), /found no file of that name$/],
  [
    'a file that is not there',
    external({ location: 'gone.bin' }),
    /expected its weights in .*gone\.bin, beside the model, found no such file$/,
  ],
  [
    'a negative offset',
    external({ offset: '-4', length: '12' }),
    /expected a whole number for the offset of its data, found "-4"$/,
  ],
  [
    'a negative length',
    external({ length: '-12' }),
    /expected a whole number for the length of its data, found "-12"$/,
  ],
  ['an offset beyond 2^64', external({ offset: '99999999999999999999' }), /whole number for the offset/],
  ['an offset that is no number', external({ offset: '0x10' }), /whole number for the offset/],
  [
    'an offset behind the file',
    external({ offset: '4096' }),
    /expected 12 bytes from byte 4096 of .*data\.bin, found a file of 16$/,
  ],
  ['data that ends too early', external({ offset: '8' }), /expected 12 bytes from byte 8 of .*, found a file of 16$/],
  ['a length that is not its shape’s', external({ length: '8' }), /expected 12 bytes for \[3\], found a length of 8$/],
  [
    'ConstantOfShape of 2^34',
    made({ op: 'ConstantOfShape', inputs: ['s'] }, { s: size(2n ** 34n, 3) }),
    /node ConstantOfShape of made, expected at most \d+ elements, found \[17179869184, 3\]$/,
  ],
  [
    'Expand to 2^33',
    made({ op: 'Expand', inputs: ['r', 's'] }, { r: ROW, s: size(2n ** 33n, 3) }),
    /node Expand of made/,
  ],
  ['Tile 2^33 times', made({ op: 'Tile', inputs: ['r', 's'] }, { r: ROW, s: size(2n ** 33n, 1) }), /node Tile of made/],
  ['Pad by 2^33', made({ op: 'Pad', inputs: ['r', 's'] }, { r: ROW, s: size(2n ** 33n, 0, 0, 0) }), /node Pad of made/],
  [
    'Range to 2^34',
    made(
      { op: 'Range', inputs: ['a', 'b', 'a'] },
      { a: { shape: [], data: integers(1) }, b: { shape: [], data: integers(2n ** 34n) } },
    ),
    /node Range of made/,
  ],
  [
    'Resize a millionfold',
    made({ op: 'Resize', inputs: ['x', '', 's'] }, { s: { shape: [2], data: floats(1e6, 1e6) } }),
    /node Resize of made/,
  ],
  [
    'ConstantOfShape by a Constant node',
    onnxModel({
      inputs: [value('x')],
      outputs: [value('y', ['a', 'b'])],
      nodes: [
        { op: 'Constant', inputs: [], outputs: ['s'], attributes: { value: size(2n ** 34n) } },
        { op: 'ConstantOfShape', inputs: ['s'], outputs: ['y'] },
      ],
    }),
    /node ConstantOfShape of y/,
  ],
  [
    'a loop without an end',
    looping(loop('')),
    /node Loop of y, expected a loop that ends, found one without a number of turns$/,
  ],
  [
    'a loop of 2^40 turns',
    looping(loop('t'), { t: { shape: [], data: integers(2n ** 40n) } }),
    /expected at most 1048576 turns, found 1099511627776$/,
  ],
  [
    'a bomb within a loop',
    looping(loop('t', [{ op: 'ConstantOfShape', inputs: ['s'], outputs: ['z'] }]), {
      t: { shape: [], data: integers(1) },
      s: size(2n ** 34n),
    }),
    /node ConstantOfShape of z/,
  ],
  [
    'branches within branches',
    nested(MAX_GRAPH_DEPTH + 1),
    /expected at most 16 graphs within each other, found more$/,
  ],
  ['2,000 messages within each other', shells(2000), /at most 16 graphs within each other/],
  [
    '100,000 nodes',
    weighted(
      { shape: [3], data: floats(1, 2, 3) },
      { nodes: Array.from({ length: 1e5 }, (_, i) => ({ op: 'Identity', inputs: [`${i}`], outputs: [`${i + 1}`] })) },
    ),
    /expected at most 65536 nodes, found more$/,
  ],
  [
    'a name of 4 MB',
    weighted(
      { shape: [3], data: floats(1, 2, 3) },
      { nodes: [{ op: 'x'.repeat(2 ** 22), inputs: ['x'], outputs: ['y'] }] },
    ),
    /expected a field of at most 1048576 bytes, found 4194304$/,
  ],
  [
    'a shape of a million axes',
    modelOf([message(5, [bytes(1, new Uint8Array(MAX_NODE_FIELD_BYTES)), whole(2, 1), text(8, 'w')])]),
    /expected a shape of at most 64 axes, found 1048576$/,
  ],
  [
    'a list of a million numbers',
    modelOf([
      message(1, [
        text(1, 'x'),
        text(2, 'y'),
        text(4, 'Relu'),
        message(5, [text(1, 'l'), bytes(8, new Uint8Array(2 ** 20))]),
      ]),
    ]),
    /cannot load the model: /,
  ],
  [
    'a length of 2^60',
    Buffer.concat([base, Buffer.from([14 * 8 + 2, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0x0f])]),
    /expected \d+ bytes of field 14, found 0$/,
  ],
  [
    'a length of 12 bytes',
    Buffer.concat([base, Buffer.from([14 * 8 + 2, ...Array(12).fill(0xff)])]),
    /a number of over 10 bytes$/,
  ],
  ['a wire type that is none', Buffer.concat([base, Buffer.of(0x0f)]), /found field 1 of wire type 7$/],
  ['field number 0', Buffer.concat([base, Buffer.of(0x02, 0)]), /found field 0 of wire type 2$/],
  ['no graph', Buffer.concat([whole(1, 8)]), /expected an ONNX model, found/],
  ['a graph that is a number', Buffer.concat([whole(1, 8), whole(7, 8)]), /expected an ONNX model, found/],
  [
    'an input of a negative rank',
    modelOf([message(11, [text(1, 'x'), bytes(2, Buffer.of(0x0a, 0x7f))]), message(12, valueInfo(value('y')))]),
    /onnxruntime cannot load the model: /,
  ],
  [
    'an input twice',
    weighted({ shape: [3], data: floats(1, 2, 3) }, { inputs: [value('x'), value('x')] }),
    /cannot load the model: .*Duplicate/,
  ],
  [
    'a circle',
    weighted(
      { shape: [3], data: floats(1, 2, 3) },
      {
        nodes: [
          { op: 'Add', inputs: ['w', 'y'], outputs: ['a'] },
          { op: 'Add', inputs: ['a', 'x'], outputs: ['y'] },
        ],
      },
    ),
    /cannot load the model: .*not acyclic/,
  ],
  [
    'an operator that is none',
    weighted({ shape: [3], data: floats(1, 2, 3) }, { nodes: [{ op: 'System', inputs: ['x'], outputs: ['y'] }] }),
    /cannot load the model: .*System/,
  ],
  ...['constructor', 'toString', '__proto__'].map((op): (typeof CASES)[number] => [
    `the operator ${op}, which every object of JavaScript has`,
    weighted({ shape: [3], data: floats(1, 2, 3) }, { nodes: [{ op, inputs: ['x'], outputs: ['y'] }] }),
    /cannot load the model: /,
  ]),
]

const folder = t.testdir()
writeFileSync(join(folder, 'data.bin'), new Uint8Array(16))
mkdirSync(join(folder, 'folder'))

for (const [name, model, pattern] of CASES)
  t.test(`${name} is refused in one line`, async t => {
    const file = join(folder, 'model.onnx')
    writeFileSync(file, model)
    const before = process.resourceUsage().maxRSS
    const error = await openSession(file).then(
      () => undefined,
      (error: unknown) => error,
    )
    t.type(error, DataError)
    const said = (error as DataError | undefined)?.message ?? 'it opened'
    t.match(said, pattern)
    t.ok(said.startsWith(file) && !said.includes('\n'), said)
    const grown = (process.resourceUsage().maxRSS - before) / 1024
    t.ok(grown < MOST_MEGABYTES, `${grown.toFixed()} MB more`)
  })

t.test('the limits do not stand in the way of what is sound', async t => {
  const good: [name: string, model: Uint8Array][] = [
    ['the model that the cases are made of', base],
    ['a graph as deep as may be', nested(MAX_GRAPH_DEPTH)],
    ['a loop that ends', looping(loop('t'), { t: { shape: [], data: integers(3) } })],
    ['a size that can be made', made({ op: 'ConstantOfShape', inputs: ['s'] }, { s: size(2, 3) })],
    ['weights beside it', external({ offset: '4', length: '12' })],
    ['weights in a folder beside it', external({ location: 'folder/data.bin' })],
  ]
  writeFileSync(join(folder, 'folder/data.bin'), new Uint8Array(12))
  for (const [name, model] of good) {
    const file = join(folder, 'model.onnx')
    writeFileSync(file, model)
    const session = await openSession(file)
    await session.close()
    t.pass(name)
  }
  t.ok(MAX_LOOP_TURNS >= 1000 && MAX_MADE_ELEMENTS >= 32 * 64 * 112 * 112 && MAX_MODEL_NODES >= 10_000)
  t.ok(MAX_NODE_FIELD_BYTES >= 2 ** 16 && MAX_TENSOR_AXES >= 8)
})

t.test('every model cut off at any byte is refused or opens', async t => {
  const file = join(folder, 'cut.onnx')
  for (let length = 0; length < base.length; length += 3) {
    writeFileSync(file, base.subarray(0, length))
    try {
      await (await openSession(file)).close()
    } catch (error) {
      if (!(error instanceof DataError) || error.message.includes('\n')) t.fail(`${length} bytes: ${error}`)
    }
  }
  t.end()
})
