import { spawnSync } from 'node:child_process'
import { existsSync, readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { drawFace, encodePng } from '@tiny-face/image-stream'
import { type DataMap, encodeRecords } from '@tiny-face/record-stream'
import t from 'tap'

const BIN = fileURLToPath(new URL('../../bin/arcface-train.js', import.meta.url))

async function faces({ people = 2, views = 4, size = 112 } = {}): Promise<Buffer> {
  const records: DataMap[] = []
  for (let identity = 0; identity < people; identity++) {
    for (let view = 0; view < views; view++) {
      records.push({
        id: records.length,
        label: identity,
        image: await encodePng(await drawFace({ identity, view, size, seed: 1 })),
      })
    }
  }
  const chunks: Uint8Array[] = []
  for await (const chunk of encodeRecords(records, { classes: people })) chunks.push(chunk)
  return Buffer.concat(chunks)
}

const train = (input: Buffer, ...args: string[]) =>
  spawnSync(process.execPath, [BIN, '-', '--network', 'mobilefacenet', ...args], { input, encoding: 'utf8' })

t.test('a run leaves its folder, and the same run leaves the same', { timeout: 120_000 }, async t => {
  const folder = t.testdir()
  const stream = await faces()
  const runs = ['a', 'b'].map(name => join(folder, name))
  for (const run of runs) {
    const { status, stderr } = train(
      stream,
      '--out',
      run,
      '--batch-size',
      '4',
      '--epochs',
      '2',
      '--stop-after',
      '1',
      '--lr',
      '0.01',
    )
    t.strictSame([status, stderr], [0, ''])
  }
  const [a, b] = runs as [string, string]
  t.strictSame(readdirSync(a).sort(), ['checkpoints', 'config.json', 'metrics.jsonl', 'model.onnx'])
  t.strictSame(readdirSync(join(a, 'checkpoints')).sort(), ['step-00000002.json', 'step-00000002.safetensors'])
  t.strictSame(JSON.parse(readFileSync(join(a, 'checkpoints/step-00000002.json'), 'utf8')), {
    step: 2,
    epoch: 1,
    position: 0,
    seed: 1,
  })
  const steps = readFileSync(join(a, 'metrics.jsonl'), 'utf8')
    .trim()
    .split('\n')
    .map(line => JSON.parse(line))
  t.strictSame(
    steps.map(({ step }) => step),
    [1, 2],
  )
  t.equal(JSON.parse(readFileSync(join(a, 'config.json'), 'utf8')).classes, 2)
  const weights = (run: string) => readFileSync(join(run, 'checkpoints/step-00000002.safetensors'))
  t.ok(weights(a).equals(weights(b)))

  const again = train(stream, '--out', a, '--epochs', '1')
  t.equal(again.status, 1)
  t.match(again.stderr, /^arcface-train: .*holds a run already; --force replaces it\n$/)
})

t.test('bad input is one line', async t => {
  const out = join(t.testdir(), 'run')
  const stream = await faces({ views: 1 })
  const small = await faces({ people: 2, views: 2, size: 96 })
  for (const [input, args, status, message] of [
    [
      stream,
      ['--batch-size', '64', '--epochs', '1'],
      2,
      /^arcface-train: --batch-size 64 is more than the 2 images of standard input\n$/,
    ],
    [stream, [], 2, /needs --epochs or --steps/],
    [stream, ['--epochs', '1', '--schedule', 'cosine', '--lr', '0.1,0.2'], 2, /takes one rate/],
    [stream, ['--epochs', '1', '--network', 'resnet'], 2, /one of mobilefacenet, seed-resnet50/],
    [small, ['--epochs', '1', '--batch-size', '2'], 1, /record \d: expected an image of 112x112, found 96x96\n$/],
    [stream.subarray(0, 500), ['--epochs', '1'], 1, /stopped within a map after 0 records/],
  ] as const) {
    const result = train(input, '--out', out, ...args)
    t.equal(result.status, status)
    t.match(result.stderr, message)
    t.equal(result.stderr.split('\n').length, 2, 'one line')
    t.notOk(existsSync(join(out, 'model.onnx')))
  }
})
