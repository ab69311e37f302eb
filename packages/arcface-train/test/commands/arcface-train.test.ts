import { spawnSync } from 'node:child_process'
import { existsSync, readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { decodeImage } from '@tiny-face/image-stream'
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
  t.strictSame(readdirSync(a).sort(), [
    'checkpoints',
    'config.json',
    'metrics.jsonl',
    'model.onnx',
    'report.html',
    'tensorboard',
    'times.jsonl',
  ])
  t.strictSame(readdirSync(join(a, 'checkpoints')).sort(), ['step-00000002.json', 'step-00000002.safetensors'])
  t.match(JSON.parse(readFileSync(join(a, 'checkpoints/step-00000002.json'), 'utf8')), {
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
  t.match(again.stderr, /^arcface-train: .*holds a run already; --resume continues it, --force replaces it\n$/)
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
  t.match(states, [
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
      /^arcface-train: a batch of 64 is more than the 2 images of standard input: take --batch-size 2\n$/,
    ],
    [stream, [], 2, /needs --epochs or --steps/],
    [stream, ['--epochs', '1', '--schedule', 'cosine', '--lr', '0.1,0.2'], 2, /takes one rate/],
    [
      stream,
      ['--epochs', '1', '--network', 'resnet'],
      2,
      /one of mobilefacenet, mbf, ir18, ir34, ir50, ir100, resnet50/,
    ],
    [
      stream,
      ['--epochs', '1', '--warmup', '2days'],
      2,
      /--warmup 2days: expected a number of steps, as 500, or of epochs, as 2epochs/,
    ],
    [
      stream,
      ['--epochs', '1', '--trunk-lr', '0.1'],
      2,
      /--trunk-lr 0.1: expected a factor of the learning rate, as 0.1x/,
    ],
    [stream, ['--epochs', '1', '--margins', '1,2'], 2, /--margins 1,2: expected three numbers with commas between/],
    [stream, ['--epochs', '1', '--verify', 'lfw.bin'], 2, /--verify lfw.bin: expected NAME=FILE, as lfw=lfw.bin/],
    [
      stream,
      ['--epochs', '1', '--augment', 'fog'],
      2,
      /--augment takes none, or some of adaface, crop, .*; found 'fog'/,
    ],
    [stream, ['--epochs', '1', '--from-step', '2'], 2, /--from-step goes with --resume/],
    [stream, ['--epochs', '1', '--resume', '--force'], 2, /takes --resume or --force, not both/],
    [stream, ['--epochs', '1', '--no-check', '--skip-damaged'], 2, /it goes without --no-check/],
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
    [
      small,
      ['--epochs', '1', '--batch-size', '2'],
      1,
      /record 0 \(id 0\): expected an image of 112x112 pixels, which the network takes, found 96x96; 4 of 4 images cannot be trained on: .*image-dump --size 112/,
    ],
    [small, ['--epochs', '1', '--batch-size', '2', '--init', '/no/run'], 1, /^arcface-train: \/no\/run: no such file/],
    [stream.subarray(0, 500), ['--epochs', '1'], 1, /stopped in the middle of a record, after 0 records/],
  ] as const) {
    const result = train(input, '--out', out, ...args)
    t.equal(result.status, status)
    t.match(result.stderr, message)
    t.equal(result.stderr.split('\n').length, 2, 'one line')
    t.notOk(existsSync(join(out, 'model.onnx')))
  }
})

t.test(
  'a run is repeated from its own config.json, and goes on only with its settings',
  { timeout: 240_000 },
  async t => {
    const folder = t.testdir()
    const [stream, first, second] = [await drawnFaces(), join(folder, 'first'), join(folder, 'second')]
    const options = ['--batch-size', '4', '--epochs', '2', '--lr', '0.01', '--head', 'cosface', '--clip', '5']
    t.strictSame(train(stream, '--out', first, ...options, '--stop-after', '1').status, 0)
    const config = join(first, 'config.json')
    const again = spawnSync(process.execPath, [BIN, '-', '--config', config, '--out', second, '--quiet'], {
      input: stream,
      encoding: 'utf8',
      env: NO_ENGINES,
    })
    t.strictSame([again.status, again.stderr], [0, ''])
    for (const file of ['config.json', 'metrics.jsonl', 'checkpoints/step-00000002.safetensors'])
      t.ok(readFileSync(join(first, file)).equals(readFileSync(join(second, file))), file)

    const other = train(stream, '--out', first, '--resume', '--lr', '0.02', '--threads', '1')
    t.equal(other.status, 2)
    t.match(other.stderr, /began with other settings: learningRates: \[0.01\] in the run, \[0.02\] now\n$/)
    t.strictSame(train(stream, '--out', first, '--resume').status, 0)
    t.equal(readFileSync(join(first, 'metrics.jsonl'), 'utf8').trim().split('\n').length, 4)
  },
)

t.test('what is shown before a training leaves nothing behind', { timeout: 120_000 }, async t => {
  const [folder, stream] = [t.testdir(), await drawnFaces()]
  const dry = train(stream, '--batch-size', '4', '--epochs', '2', '--dry-run', '--out', join(folder, 'run'))
  t.strictSame([dry.status, dry.stderr], [0, ''])
  t.match(dry.stdout, /^layer +output +parameters +multiply-adds\nstem +56x56x64 +1,920 +5,419,008\n/)
  t.match(dry.stdout, /^run +4 steps: .*\nmemory +[\d.]+ MB of state/m)
  const picture = join(folder, 'seen.png')
  const shown = train(stream, '--batch-size', '4', '--epochs', '2', '--augment', 'adaface', '--show-augmented', picture)
  t.strictSame([shown.status, shown.stderr, shown.stdout], [0, '', ''])
  const { height, width } = await decodeImage(readFileSync(picture))
  t.strictSame([height, width], [8 * 114 - 2, 11 * 114])
  t.strictSame(readdirSync(folder), ['seen.png'])
})

t.test('what is odd about labels is said of the images that are left', async t => {
  const folder = t.testdir({ file: '' })
  // It ends before the first step, at a folder that cannot be made.
  const none = ['--out', join(folder, 'file/run'), '--epochs', '1']
  const whole = await drawnFaces({ to: 2 })
  const damaged = await drawnFaces({ to: 2, damaged: 3 })
  const [before, after] = [whole, damaged].map(stream => loudly(stream, '--batch-size', '2', '--skip-damaged', ...none))
  t.match(before!.stderr, /file\/run.*: not a directory/)
  t.notMatch(before!.stderr, /one image/)
  t.match(
    after!.stderr,
    /left out: record 3[\s\S]*1 of 4 images left out\n.*1 of 2 people have one image each, of which/,
  )
})

t.test('a set of pairs that is not there is missed before any image is looked at', async t => {
  const none = join(t.testdir(), 'none.bin')
  const stream = await drawnFaces({ to: 2, damaged: 3 })
  for (const what of [['--out', join(t.testdir(), 'run')], ['--dry-run']]) {
    const { status, stderr } = train(stream, '--batch-size', '2', '--epochs', '1', '--verify', `pairs=${none}`, ...what)
    t.strictSame([status, stderr], [1, `arcface-train: ${none}: no such file or directory\n`])
  }
})

t.test('names of earlier versions still work, and the present ones are said', async t => {
  const folder = t.testdir()
  const none = ['--out', join(folder, 'run'), '--epochs', '1', '--verify', `pairs=${join(folder, 'none.bin')}`]
  const stream = await drawnFaces({ to: 2 })
  const { stderr } = loudly(
    stream,
    '--batch-size',
    '2',
    '--preset',
    'seed-resnet50',
    '--network',
    'seed-resnet50',
    ...none,
  )
  t.match(
    stderr,
    /seed-resnet50 is called resnet50 now\n.*seed-resnet50 is called tiny-face-recognition now\n[\s\S]*none.bin: no such file/,
  )
})

t.test(
  'an image that does not decode stops a training before it begins, or is left out',
  { timeout: 120_000 },
  async t => {
    const run = join(t.testdir(), 'run')
    const stream = await drawnFaces({ to: 5, damaged: 3 })
    const options = ['--out', run, '--batch-size', '4', '--epochs', '1', '--lr', '0.01']
    const stopped = train(stream, ...options)
    t.equal(stopped.status, 1)
    t.match(
      stopped.stderr,
      /record 3 \(id 3\): .+; 1 of 10 images cannot be trained on: --skip-damaged leaves them out, .+\n$/,
    )
    t.notOk(existsSync(run))
    const skipped = loudly(stream, ...options, '--skip-damaged')
    t.equal(skipped.status, 0)
    t.match(skipped.stderr, /left out: record 3 \(id 3\): .+\n.*1 of 10 images left out\n/)
    t.match(JSON.parse(readFileSync(join(run, 'config.json'), 'utf8')), { images: 9, skipDamaged: true })

    const unchecked = train(stream, ...options, '--resume', '--no-check')
    t.equal(unchecked.status, 2)
    t.match(unchecked.stderr, /--skip-damaged, here or in the run's config.json, .* goes without --no-check\n$/)
  },
)
