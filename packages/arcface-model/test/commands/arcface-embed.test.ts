import { spawnSync } from 'node:child_process'
import { createHash } from 'node:crypto'
import { closeSync, openSync, readFileSync, writeFileSync } from 'node:fs'
import { basename, join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { type DataMap, decodeRecords, encodeRecords, RecordReader, tensorOf } from '@tiny-face/record-stream'
import t from 'tap'
import { onnxModel } from '../../../onnx-session/test/onnx-model.js'
import { formatPreprocess, PREPROCESS_KEY, preprocessOf } from '../../src/preprocess.js'
import { testPixels, tinyEmbedder } from '../tiny-embedder.js'

const COMMAND = fileURLToPath(new URL('../../src/commands/arcface-embed.ts', import.meta.url))

const SIZE = 4
const metadata = { [PREPROCESS_KEY]: formatPreprocess({ ...preprocessOf('mxnet'), size: SIZE }) }
const run = t.testdir({})
writeFileSync(join(run, 'model.onnx'), tinyEmbedder(['batch', 3, SIZE, SIZE], metadata))
const RECORDS: DataMap[] = Array.from({ length: 5 }, (_, i) => ({
  id: i,
  pixels: tensorOf(testPixels(SIZE, SIZE, i), [SIZE, SIZE, 3]),
  pair: { index: i >> 1, side: (i & 1) as 0 | 1, same: true },
}))

async function stream(records: DataMap[], alignment?: string): Promise<Buffer> {
  const chunks: Uint8Array[] = []
  const begin = { count: records.length, source: 'faces.bin', classes: 3, ...(alignment && { alignment }) }
  for await (const chunk of encodeRecords(records, begin)) chunks.push(chunk)
  return Buffer.concat(chunks)
}

function embed(input: Uint8Array, ...args: string[]) {
  const { status, stdout, stderr } = spawnSync(process.execPath, ['--import=tsx', COMMAND, '--quiet', ...args], {
    input,
  })
  return { status, stdout, stderr: stderr.toString() }
}

t.test('faces that were aligned for other networks are told of', async t => {
  for (const [alignment, said] of [
    ['arcface', ''],
    [
      'dlib',
      /^arcface-embed: the faces are aligned as dlib has them, .* as arcface has them: face-align --template arcface\n/,
    ],
  ] as const) {
    const input = await stream(RECORDS, alignment)
    const args = ['--import=tsx', COMMAND, '--model', join(run, 'model.onnx')]
    const { status, stderr } = spawnSync(process.execPath, args, { input, encoding: 'utf8' })
    t.equal(status, 0)
    t.match(stderr.replace(/^.*images\/s\n/m, ''), said)
  }
})

t.test('records in, the same records with embeddings out', async t => {
  const { status, stdout, stderr } = embed(
    await stream(RECORDS),
    '--model',
    run,
    '--flip',
    '--batch-size',
    '2',
    '--threads',
    '1',
  )
  t.equal(stderr, '')
  t.equal(status, 0)
  t.ok(stdout.includes('faces.bin'), 'the begin is passed on')
  const records: DataMap[] = []
  for await (const { embedding, flipped, ...rest } of decodeRecords([stdout])) {
    t.same(embedding!.shape, [SIZE * SIZE * 3])
    t.same(flipped!.shape, [SIZE * SIZE * 3])
    t.not(Buffer.compare(embedding!.data, flipped!.data), 0)
    records.push({ ...rest, pixels: tensorOf(Uint8Array.from(rest.pixels!.data), rest.pixels!.shape) })
  }
  t.same(records, RECORDS)
})

t.test('the begin names the network that made the embeddings', async t => {
  const input = await stream(RECORDS)
  const file = join(run, 'model.onnx')
  const sha256 = createHash('sha256').update(readFileSync(file)).digest('hex')
  const said: [args: string[], model: object][] = [
    [['--model', run], { name: basename(run), sha256, preprocess: 'rgb mean=127.5 std=128' }],
    [
      ['--model', file, '--preprocess', 'imagenet order=bgr'],
      { name: 'model.onnx', sha256, preprocess: 'bgr mean=123.675,116.28,103.53 std=58.395,57.12,57.375' },
    ],
  ]
  for (const [args, model] of said) {
    const { stdout, stderr, status } = embed(input, ...args)
    t.strictSame([status, stderr], [0, ''])
    writeFileSync(join(run, 'embedded'), stdout)
    const fd = openSync(join(run, 'embedded'), 'r')
    t.same(new RecordReader(fd).begin, { begin: 1, count: 5, source: 'faces.bin', classes: 3, model })
    closeSync(fd)
  }
})

t.test('failures are one line, say where, and leave no end on the output', async t => {
  const whole = await stream(RECORDS)
  const failures: [result: ReturnType<typeof embed>, status: number, message: RegExp][] = [
    [embed(whole.subarray(0, -20), '--model', run), 1, /^arcface-embed: faces\.bin: .*stopped/],
    [
      embed(await stream([...RECORDS, { id: 9 }]), '--model', run),
      1,
      /^arcface-embed: faces\.bin: record 5 \(id 9\): expected a record with an image/,
    ],
    [embed(whole, '--model', join(run, 'none')), 1, /^arcface-embed: .*none: no such file or directory/],
    [embed(whole), 2, /^arcface-embed: required option '--model/],
    [
      embed(whole, '--model', join(run, 'model.onnx'), '--engine', 'reference'),
      2,
      /model\.onnx is an ONNX file, which runs on engine onnx only; engine reference takes a run's folder\n$/,
    ],
    [embed(whole, '--model', run, '--engine', 'gpu'), 2, /--engine gpu: expected one of auto, /],
    [
      embed(whole, '--model', run, '--preprocess', 'rgb'),
      2,
      /"rgb" is none of arcface, mxnet, mxnet-bgr, imagenet, face-api, raw; or say order=/,
    ],
  ]
  for (const [{ status, stdout, stderr }, expected, message] of failures) {
    t.match(stderr, message)
    t.equal(stderr.indexOf('\n'), stderr.length - 1)
    t.equal(status, expected)
    await t.rejects(
      async () => {
        for await (const _ of decodeRecords([stdout]));
      },
      { name: 'DataError' },
    )
  }
})

t.test('what is taken without being asked for is said; several outputs are asked about', async t => {
  const shape = ['batch', 3, SIZE, SIZE]
  const outputs = ['a', 'b'].map(name => ({ name, dtype: 'float32' as const, shape: ['batch', SIZE * SIZE * 3] }))
  const model = join(run, 'foreign.onnx')
  writeFileSync(
    model,
    onnxModel({
      inputs: [
        { name: 'face', dtype: 'float32', shape },
        { name: 'phase_train', dtype: 'bool', shape: [] },
      ],
      outputs,
      nodes: [
        { op: 'Where', inputs: ['phase_train', 'face', 'face'], outputs: ['x'] },
        { op: 'Flatten', inputs: ['x'], outputs: ['a'], attributes: { axis: 1 } },
        { op: 'Neg', inputs: ['a'], outputs: ['b'] },
      ],
    }),
  )
  const input = await stream(RECORDS)
  const args = ['--import=tsx', COMMAND, '--model', model, '--preprocess', 'order=rgb mean=1 std=2']
  const asked = spawnSync(process.execPath, args, { input, encoding: 'utf8' })
  t.equal(asked.status, 1)
  t.match(
    asked.stderr,
    /^arcface-embed: .*: several of its outputs can be the embedding: a float32 .*; name one with --output\n$/,
  )
  const { status, stderr } = spawnSync(process.execPath, [...args, '--output', 'b'], { input })
  t.equal(status, 0)
  t.match(stderr.toString(), /^arcface-embed: .*foreign\.onnx: its input phase_train is given false\n/)
})

t.test('a name of an earlier version still works, and the present one is said', async t => {
  const args = ['--import=tsx', COMMAND, '--model', run, '--engine', 'onnx', '--preprocess', 'seed']
  const { status, stderr } = spawnSync(process.execPath, args, { input: await stream(RECORDS) })
  t.equal(status, 0)
  t.match(stderr.toString(), /^arcface-embed: seed is called mxnet-bgr now\n/)
})

t.test('says on stderr what computes, where nobody asked for it by name', async t => {
  const input = await stream(RECORDS)
  const said = (...args: string[]) => {
    const { status, stderr } = spawnSync(process.execPath, ['--import=tsx', COMMAND, '--model', run, ...args], {
      input,
    })
    return [
      status,
      stderr
        .toString()
        .split('\n')
        .filter(line => line.includes('engine')),
    ]
  }
  t.strictSame(said(), [0, ['arcface-embed: engine onnx, f32']])
  t.strictSame(said('--engine', 'onnx'), [0, []])
  t.strictSame(said('--quiet'), [0, []])
})
