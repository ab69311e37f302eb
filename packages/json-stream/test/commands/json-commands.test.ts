import { spawn, spawnSync } from 'node:child_process'
import { readdirSync } from 'node:fs'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { type BeginFields, type DataMap, encodeRecords, tensorOf } from '@tiny-face/record-stream'
import { test } from 'tap'
import { scratch } from '../scratch.js'

function stub(name: string): string {
  return fileURLToPath(new URL(`../../bin/${name}.js`, import.meta.url))
}

function run(name: string, args: string[], input?: Uint8Array | string) {
  const { status, stdout, stderr } = spawnSync(process.execPath, [stub(name), ...args], { input, maxBuffer: 1 << 28 })
  return { status, stdout, stderr: stderr.toString() }
}

async function stream(records: DataMap[], begin: BeginFields = {}): Promise<Buffer> {
  const chunks: Uint8Array[] = []
  for await (const chunk of encodeRecords(records, begin)) chunks.push(chunk)
  return Buffer.concat(chunks)
}

function sha256(input: Uint8Array): string {
  return spawnSync('sha256sum', { input }).stdout.toString().slice(0, 64)
}

const image = Buffer.of(0xff, 0xd8, 0xff, 0)
const records: DataMap[] = [
  { id: 1, label: 0, image },
  { id: 2n ** 60n, label: tensorOf(Float32Array.of(0.1, Number.NaN)), payload: Buffer.of(1) },
  { id: 'a/ü.jpg', pair: { index: 0, side: 0, same: true }, score: Number.NaN, nothing: null },
]
const begin = { count: 3, classes: 2, names: ['Ann', 'Zoë'], source: 'x.rec' }

test('record-json: for jq, and back', async t => {
  const input = await stream(records, begin)
  const plain = run('record-json', [], input)
  t.strictSame(plain.stdout.toString().split('\n'), [
    `{"id":1,"label":0,"image":{"bytes":4,"sha256":"${sha256(image)}"}}`,
    `{"id":1152921504606846976,"label":{"dtype":"float32","shape":[2],"data":[0.1,"NaN"]},"payload":{"bytes":1,"sha256":"${sha256(Buffer.of(1))}"}}`,
    '{"id":"a/ü.jpg","pair":{"index":0,"side":0,"same":true},"score":{"float":"NaN"},"nothing":null}',
    '',
  ])
  t.match(plain.stderr, /^record-json: 3 records, 5 bytes in [^\n]+\n$/)

  const all = run('record-json', ['--all', '--quiet'], input)
  t.equal(all.stderr, '')
  t.equal(
    all.stdout.toString().split('\n')[0],
    '{"begin":1,"count":3,"classes":2,"names":["Ann","Zoë"],"source":"x.rec"}',
  )
  const back = run('json-record', ['--quiet'], all.stdout)
  t.strictSame({ status: back.status, stderr: back.stderr }, { status: 0, stderr: '' })
  t.ok(back.stdout.equals(input), 'byte for byte')

  const two = Buffer.concat([input, await stream([{ id: 1 }]), input])
  t.ok(run('json-record', [], run('record-json', ['--all'], two).stdout).stdout.equals(two), 'several streams, too')
})

test('json-record: a byte at a time', async t => {
  const input = run('record-json', ['--all', '--quiet'], await stream(records, begin)).stdout
  const stage = spawn(process.execPath, [stub('json-record'), '-', '--quiet'], { stdio: ['pipe', 'pipe', 'inherit'] })
  for (const byte of input) await new Promise(resolve => stage.stdin.write(Buffer.of(byte), resolve))
  stage.stdin.end()
  const chunks: Buffer[] = []
  for await (const chunk of stage.stdout) chunks.push(chunk)
  t.ok(Buffer.concat(chunks).equals(await stream(records, begin)))
})

test('json-record: names of a pipe are numbered', async t => {
  const { status, stdout, stderr } = run('json-record', [], '{"label":"Ann"}\n{"label":"Bob"}\n{"label":"Ann"}\n')
  t.equal(status, 0)
  t.match(
    stderr,
    /^json-record: the names of the labels are numbered, but not kept: standard input is read only once\n/,
  )
  t.ok(stdout.equals(await stream([{ label: 0 }, { label: 1 }, { label: 0 }], { source: '-' })))
})

test('json-join: attributes go to the records, the rest of the stream as it was', async t => {
  const folder = scratch(t, {
    'ages.json': '[{"id": 1, "age": 30}, {"id": "a/ü.jpg", "age": 31}, {"id": 5, "age": 3}]',
  })
  const { status, stdout, stderr } = run(
    'json-join',
    [join(folder, 'ages.json'), '--tmp', folder],
    await stream(records, begin),
  )
  t.equal(status, 0)
  t.match(
    stderr,
    /^json-join: 2 of 3 records have attributes in .*ages\.json, which has 3\njson-join: 3 records, [^\n]+\n$/,
  )
  t.ok(stdout.equals(await stream([{ ...records[0], age: 30 }, records[1]!, { ...records[2], age: 31 }], begin)))
  t.strictSame(readdirSync(folder), ['ages.json'], 'no scratch is left')
})

test('failures are one line and an exit code', async t => {
  const folder = scratch(t, {
    'bad.json': '[{"id": 1},\n{"id" 2}]',
    'empty.json': '',
    'twice.jsonl': '{"id":1}\n{"id":1}\n',
  })
  const input = await stream(records, begin)
  const failures: [string, string[], Uint8Array | string, number, RegExp][] = [
    [
      'json-record',
      [join(folder, 'bad.json')],
      '',
      1,
      /^json-record: .*bad\.json:2: byte 18: expected ':', found "2"\n$/,
    ],
    [
      'json-record',
      [join(folder, 'empty.json')],
      '',
      1,
      /^json-record: .*empty\.json: expected JSON, found nothing\n$/,
    ],
    ['json-record', [], '', 1, /^json-record: standard input: expected JSON, found nothing\n$/],
    ['json-record', ['no-such'], '', 1, /^json-record: no-such: no such file or directory\n$/],
    [
      'json-record',
      [],
      run('record-json', ['--quiet'], input).stdout,
      1,
      /^json-record: standard input:1: field "image", expected bytes in base64/,
    ],
    ['record-json', [], input.subarray(0, 100), 1, /^record-json: x\.rec: .*stopped/],
    [
      'record-json',
      [],
      await stream([{ id: 1, x: { base64: 'AQ==' } }]),
      1,
      /^record-json: record 0 \(id 1\): expected a map that JSON can hold/,
    ],
    [
      'json-join',
      [join(folder, 'twice.jsonl')],
      input,
      1,
      /^json-join: .*twice\.jsonl: id 1: expected one object, found two\n$/,
    ],
    ['json-join', [], input, 2, /^json-join: missing required argument/],
    [
      'json-join',
      [join(folder, 'bad.json'), '--tmp', join(folder, 'none')],
      input,
      1,
      /^json-join: .*none.*: no such file or directory\n$/,
    ],
  ]
  for (const [name, args, stdin, code, message] of failures) {
    const { status, stderr } = run(name, args, stdin)
    t.equal(status, code, `${name} ${args}`)
    t.match(stderr, message)
    t.equal(stderr.trim().split('\n').length, 1)
  }
})
