import { readdirSync } from 'node:fs'
import { join } from 'node:path'
import { type DataMap, encodeRecords, tensorOf } from '@tiny-face/record-stream'
import t from 'tap'
import { sharedData } from './shared-data.js'
import { collect, feed, killWhileReading, killWhileWriting, shell } from './shell.js'

// Whichever stage dies, nothing carries its final name, and what is downstream fails.
const data = sharedData()
if (data === undefined) t.pass('needs ../shared/data', { skip: true })
else {
  const train = join(data, 'recordio/lfw_min10/train.rec')
  const bin = join(data, 'bin/lfw_dev.bin')
  const model = join(data, 'models/foamliu_MobileFaceNet.onnx')
  const images = (await feed('recordio-dump', [train], '.', Buffer.of())).stdout
  const pairs = (await feed('bin-dump', [bin], '.', Buffer.of())).stdout
  const json = (await feed('record-json', ['--all'], '.', images)).stdout
  const made = t.testdir({ 'attributes.jsonl': '{"id":1,"age":30}\n' })
  await feed('image-write', ['faces'], made, images)
  const faces = join(made, 'faces')
  // More than every buffer on the way, and cut in the middle of a record.
  const half = (stream: Buffer) => stream.subarray(0, stream.length >> 1)

  const sources = [
    { command: 'recordio-dump', args: [train] },
    { command: 'tfrecord-dump', args: [join(data, 'tfrecord/faces.tfrecord')] },
    { command: 'bin-dump', args: [bin] },
    { command: 'record-select', args: ['--labels', '0-200'], input: images },
    { command: 'record-shuffle', args: ['--seed', '1'], input: images },
    { command: 'image-dump', args: [faces] },
    { command: 'json-record', args: [], input: json },
    { command: 'json-join', args: [join(made, 'attributes.jsonl')], input: images },
  ]
  const sinks = [
    { command: 'recordio-write', args: ['out.rec'], input: images },
    { command: 'tfrecord-write', args: ['--out', 'out', '--shards', '2'], input: images },
    { command: 'tfrecord-write', args: ['--out', 'out', '--shards', '2', '--shuffle', '1'], input: images },
    { command: 'bin-write', args: ['out.bin'], input: pairs },
    { command: 'image-write', args: ['faces'], input: images },
  ]

  for (const signal of ['SIGTERM', 'SIGKILL'] as const) {
    for (const { command, args, input } of sources) {
      t.test(`${signal} to ${command} while it writes`, async t => {
        const cwd = t.testdir()
        const killed = await killWhileWriting(command, args, cwd, { input, signal })
        t.equal(killed.signal, signal)
        t.ok(killed.stdout.length > 0)
        const sink = await feed('recordio-write', ['out.rec'], cwd, killed.stdout)
        t.equal(sink.code, 1, 'the sink fails')
        t.match(sink.stderr, /^recordio-write: [^\n]+\n$/)
        t.same(readdirSync(cwd), [], 'and leaves nothing')
      })
    }

    for (const { command, args, input } of sinks) {
      t.test(`${signal} to ${[command, ...args].join(' ')} while it reads`, async t => {
        const cwd = t.testdir()
        const killed = await killWhileReading(command, args, cwd, { input: half(input), signal })
        t.equal(killed.signal, signal)
        t.same(finished(cwd), [], 'nothing carries its final name')

        const again = await feed(command, args, cwd, input)
        t.equal(again.code, 0, again.stderr)
        t.ok(finished(cwd).length > 0)
        t.same(unfinished(cwd), [], 'the next run sweeps what the killed one left')
      })
    }
  }

  t.test('SIGTERM to a stage that waits for more input', async t => {
    const embedded = await collect(encodeRecords(embeddings(2000)))
    const stages = [
      { command: 'record-pairs', args: ['--seed', '1'], input: half(images) },
      {
        command: 'arcface-embed',
        args: ['--model', model, '--preprocess', 'imagenet'],
        input: pairs.subarray(0, 300_000),
      },
      { command: 'face-verify', args: [], input: half(embedded) },
    ]
    for (const { command, args, input } of stages) {
      const killed = await killWhileReading(command, args, t.testdir(), { input, signal: 'SIGTERM' })
      t.same({ signal: killed.signal, stderr: killed.stderr }, { signal: 'SIGTERM', stderr: '' }, command)
    }
  })

  t.test('a reader that closes the pipe early ends the writer quietly', async t => {
    for (const source of [
      `recordio-dump "${train}"`,
      `recordio-dump --all "${train}"`,
      `tfrecord-dump "${data}/tfrecord/faces.tfrecord"`,
      `bin-dump "${bin}"`,
      `image-dump "${faces}"`,
    ]) {
      const { stages, stderr } = shell(`${source} | head -c 1000 >/dev/null`, t.testdir())
      t.same({ stages, stderr }, { stages: [0, 0], stderr: '' }, source)
    }
    for (const stage of [
      'record-select --labels 0-200',
      'record-json',
      'record-json --all',
      `json-join "${made}/attributes.jsonl"`,
    ]) {
      const { stages, stderr } = shell(`recordio-dump "${train}" | ${stage} | head -c 1000 >/dev/null`, t.testdir())
      t.same({ stages, stderr }, { stages: [0, 0, 0], stderr: '' }, stage)
    }
  })
}

function files(cwd: string): string[] {
  return readdirSync(cwd, { recursive: true, encoding: 'utf8' }).sort()
}

/** What a reader would take for whole: a file's final name, or a folder's manifest. */
function finished(cwd: string): string[] {
  return files(cwd).filter(name => !isTemporary(name) && !/^out(\/[^/]*\.tfrecord)?$/.test(name))
}

function unfinished(cwd: string): string[] {
  return files(cwd).filter(isTemporary)
}

function isTemporary(name: string): boolean {
  return name.split('/').some(part => part.endsWith('.partial'))
}

function* embeddings(count: number): Generator<DataMap> {
  for (let id = 0; id < count; id++) {
    const pair = { index: id >> 1, side: (id & 1) as 0 | 1, same: id % 4 < 2 }
    yield { id, embedding: tensorOf(Float32Array.from({ length: 128 }, (_, i) => Math.sin(id + i))), pair }
  }
}
