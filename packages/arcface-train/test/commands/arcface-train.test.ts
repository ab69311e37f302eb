import { spawnSync } from 'node:child_process'
import { existsSync, readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import t from 'tap'
import { drawnFaces } from './drawn-faces.js'

const BIN = fileURLToPath(new URL('../../bin/arcface-train.js', import.meta.url))

/** Without the engines that a person may have installed, so that `auto` is the same everywhere. */
const NO_ENGINES = { ...process.env, TINY_FACE_ENGINES: t.testdir({}) }

const loudly = (input: Buffer, ...args: string[]) =>
  spawnSync(process.execPath, [BIN, '-', '--network', 'mobilefacenet', ...args], {
    input,
    encoding: 'utf8',
    env: NO_ENGINES,
  })

const train = (input: Buffer, ...args: string[]) => loudly(input, '--quiet', ...args)

t.test('a run leaves its folder, and the same run leaves the same', { timeout: 120_000 }, async t => {
  const folder = t.testdir()
  const stream = await drawnFaces()
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
  t.match(JSON.parse(readFileSync(join(a, 'config.json'), 'utf8')), { classes: 2, engine: 'onnx', precision: 'f32' })
  const weights = (run: string) => readFileSync(join(run, 'checkpoints/step-00000002.safetensors'))
  t.ok(weights(a).equals(weights(b)))

  const again = train(stream, '--out', a, '--epochs', '1')
  t.equal(again.status, 1)
  t.match(again.stderr, /^arcface-train: .*holds a run already; --force replaces it\n$/)
})

t.test('a run that ends within an epoch says where; auto says what it took', { timeout: 120_000 }, async t => {
  const run = join(t.testdir(), 'run')
  // Two steps an epoch: the third is one batch into the second epoch.
  const { status, stderr } = loudly(
    await drawnFaces(),
    '--out',
    run,
    '--batch-size',
    '4',
    '--steps',
    '3',
    '--lr',
    '0.01',
  )
  t.equal(status, 0)
  t.match(stderr, /^arcface-train: engine onnx, f32( \(engine onednn .*\))?$/m)
  const states = [2, 3].map(step => JSON.parse(readFileSync(join(run, `checkpoints/step-0000000${step}.json`), 'utf8')))
  t.strictSame(states, [
    { step: 2, epoch: 1, position: 0, seed: 1 },
    { step: 3, epoch: 1, position: 4, seed: 1 },
  ])
})

t.test('bad input is one line', async t => {
  const out = join(t.testdir(), 'run')
  const stream = await drawnFaces({ to: 1 })
  const small = await drawnFaces({ to: 2, size: 96 })
  for (const [input, args, status, message] of [
    [
      stream,
      ['--batch-size', '64', '--epochs', '1'],
      2,
      /^arcface-train: --batch-size 64 is more than the 2 images of standard input\n$/,
    ],
    [stream, [], 2, /needs --epochs or --steps/],
    [stream, ['--epochs', '1', '--schedule', 'cosine', '--lr', '0.1,0.2'], 2, /takes one rate/],
    [
      stream,
      ['--epochs', '1', '--network', 'resnet'],
      2,
      /one of mobilefacenet, ir18, ir34, ir50, ir100, seed-resnet50/,
    ],
    [stream, ['--epochs', '1', '--engine', 'gpu'], 2, /one of auto, onnx, /],
    [stream, ['--epochs', '1', '--precision', 'f16'], 2, /one of f32, bf16/],
    [
      stream,
      ['--epochs', '1', '--engine', 'onnx', '--precision', 'bf16'],
      2,
      /^arcface-train: engine onnx computes in f32; only onednn computes in bf16\n$/,
    ],
    [
      stream,
      ['--epochs', '1', '--precision', 'bf16'],
      1,
      /^arcface-train: engine onednn is not installed: engine-install onednn installs it\n$/,
    ],
    [
      stream,
      ['--epochs', '1', '--engine', 'onednn'],
      1,
      /^arcface-train: engine onednn is not installed: engine-install onednn installs it\n$/,
    ],
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
