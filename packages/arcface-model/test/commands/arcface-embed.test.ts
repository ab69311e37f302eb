import { spawnSync } from 'node:child_process'
import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { type DataMap, decodeRecords, encodeRecords, tensorOf } from '@tiny-face/record-stream'
import t from 'tap'
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

async function stream(records: DataMap[]): Promise<Buffer> {
  const chunks: Uint8Array[] = []
  for await (const chunk of encodeRecords(records, { count: records.length, source: 'faces.bin', classes: 3 }))
    chunks.push(chunk)
  return Buffer.concat(chunks)
}

function embed(input: Uint8Array, ...args: string[]) {
  const { status, stdout, stderr } = spawnSync(process.execPath, ['--import=tsx', COMMAND, '--quiet', ...args], {
    input,
  })
  return { status, stdout, stderr: stderr.toString() }
}

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
    [
      embed(whole, '--model', run, '--engine', 'gpu'),
      2,
      /'--engine <name>' argument 'gpu' is invalid\. Allowed choices/,
    ],
    [embed(whole, '--model', run, '--preprocess', 'rgb'), 2, /It is one of arcface, mxnet, mxnet-bgr, imagenet\./],
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
