import { createHash } from 'node:crypto'
import { copyFileSync, cpSync, readFileSync, rmSync, truncateSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { checkpointSteps, runPaths } from '@tiny-face/arcface-model'
import t from 'tap'
import { parseAugment, type StepMetrics, type TrainOptions, train } from '../../src/index.js'
import { drawnBin } from '../verification/drawn-bin.js'
import { drawnConfig, drawnSet } from './drawn-set.js'

const set = await drawnSet()
const config = drawnConfig(set, { augment: parseAugment('adaface'), sampleRate: 0.5, every: { steps: 2 }, clip: 20 })

const hashOf = (file: string) => createHash('sha256').update(readFileSync(file)).digest('hex')

/** What a run leaves of what it computed: its metrics, its last weights, its model. As hashes: tap takes minutes to show two weights that differ. */
const resultsOf = (run: string) => {
  const { metrics, checkpoint, model } = runPaths(run)
  return [readFileSync(metrics, 'utf8'), hashOf(checkpoint(6).weights), hashOf(model)]
}

const folder = t.testdir()
const uninterrupted = join(folder, 'run')
await train(uninterrupted, set, config, { threads: 1 })

t.test('a run leaves a line for each step, and its last checkpoints', async t => {
  const lines = readFileSync(runPaths(uninterrupted).metrics, 'utf8').trimEnd().split('\n')
  t.strictSame(
    lines.map(line => (JSON.parse(line) as StepMetrics).step),
    [1, 2, 3, 4, 5, 6],
  )
  t.match(JSON.parse(lines[3]!), { epoch: 1, loss: Number, accuracy: Number, gradientNorm: Number })
  t.strictSame(checkpointSteps(uninterrupted), [2, 4, 6])
  t.match(JSON.parse(readFileSync(runPaths(uninterrupted).checkpoint(4).state, 'utf8')), {
    step: 4,
    epoch: 2,
    position: 0,
    sha256: /^[0-9a-f]{64}$/,
  })
})

/** Interrupts a run after some steps, and goes on. */
async function interrupted(run: string, after: number, options: TrainOptions = {}) {
  const abort = new AbortController()
  const { step, end } = await train(run, set, config, {
    threads: 1,
    signal: abort.signal,
    onStep: ({ step }) => step === after && abort.abort(),
  })
  t.strictSame([step, end], [after, 'interrupted'], 'it ends within a step')
  return train(run, set, config, { threads: 1, resume: true, ...options })
}

t.test('interrupted after any step and resumed, it ends with the same bytes', async t => {
  for (const after of [1, 4]) {
    const run = join(t.testdir(), 'run')
    t.strictSame(await interrupted(run, after), { step: 6, end: 'done' })
    t.strictSame(resultsOf(run), resultsOf(uninterrupted), `after ${after}`)
  }
})

t.test('what was written after the checkpoint is forgotten: no step twice', async t => {
  const run = join(t.testdir(), 'run')
  cpSync(uninterrupted, run, { recursive: true })
  // As a kill leaves it, in the midst of a line.
  writeFileSync(runPaths(run).metrics, `${readFileSync(runPaths(run).metrics, 'utf8')}{"step":7,"epo`)
  await train(run, set, config, { threads: 1, resume: true, fromStep: 2 })
  t.strictSame(resultsOf(run), resultsOf(uninterrupted))
})

t.test('a damaged checkpoint is named, and the one before is offered', async t => {
  const run = join(t.testdir(), 'run')
  cpSync(uninterrupted, run, { recursive: true })
  const { weights } = runPaths(run).checkpoint(6)
  const bytes = readFileSync(weights)
  bytes[bytes.length - 100]! ^= 1
  writeFileSync(weights, bytes)
  const resumed = train(run, set, config, { threads: 1, resume: true })
  await t.rejects(resumed, {
    message:
      /step-00000006\.safetensors: expected SHA-256 .*, found \w{64}; --resume --from-step 4 goes on from the one before$/,
  })
  await train(run, set, config, { threads: 1, resume: true, fromStep: 4 })
  t.strictSame(resultsOf(run), resultsOf(uninterrupted))
  truncateSync(runPaths(run).checkpoint(6).state, 5)
  await t.rejects(train(run, set, config, { resume: true }), { message: /step-00000006\.json: expected JSON/ })
})

t.test('other settings are said and nothing is done; how far it goes may differ', async t => {
  const run = join(t.testdir(), 'run')
  cpSync(uninterrupted, run, { recursive: true })
  const other = { ...config, seed: 2, batchSize: 16 }
  await t.rejects(train(run, set, other, { resume: true }), {
    name: 'UsageError',
    message: `${run} began with other settings: batchSize: 8 in the run, 16 now; seed: 1 in the run, 2 now`,
  })
  const others = { ...config, fingerprint: 'others' }
  await t.rejects(train(run, set, others, { resume: true }), {
    name: 'UsageError',
    message: `${run} began with other settings: data: other images or labels than those of the run, or in another order`,
  })
  t.strictSame(await train(run, set, { ...config, keep: 1 }, { resume: true }), { step: 6, end: 'done' })
  t.strictSame(resultsOf(run), resultsOf(uninterrupted))
})

t.test('killed before an old checkpoint was removed, a run removes it when it goes on', async t => {
  const run = join(t.testdir(), 'run')
  cpSync(uninterrupted, run, { recursive: true })
  await train(run, set, { ...config, keep: 2 }, { threads: 1, resume: true })
  t.strictSame(checkpointSteps(run), [4, 6])
})

t.test('killed before its first checkpoint, a run begins anew', async t => {
  const run = join(t.testdir(), 'run')
  t.strictSame(await train(run, set, { ...config, stopAfter: 1 }, { threads: 1, resume: true }), {
    step: 2,
    end: 'done',
  })
  for (const path of [runPaths(run).checkpoints, runPaths(run).model]) rmSync(path, { recursive: true })
  t.strictSame(await train(run, set, config, { threads: 1, resume: true }), { step: 6, end: 'done' })
  t.strictSame(resultsOf(run), resultsOf(uninterrupted))
})

t.test('a run into the folder of a longer one leaves nothing of that', async t => {
  const run = join(t.testdir(), 'run')
  cpSync(uninterrupted, run, { recursive: true })
  copyFileSync(runPaths(run).config, join(run, 'notes.txt'))
  const shorter = { ...config, steps: 1, epochs: 1 }
  await train(run, set, shorter, { threads: 1 })
  t.strictSame(checkpointSteps(run), [1])
  t.equal(readFileSync(runPaths(run).metrics, 'utf8').split('\n').length, 2)
  t.ok(readFileSync(join(run, 'notes.txt')), 'what is not the run’s stays')
})

/** A run that is verified, and what it leaves uninterrupted. */
const bin = join(folder, 'pairs.bin')
await drawnBin(bin)
const verified = { ...config, verify: [{ name: 'pairs', file: bin }], best: 'pairs' }
const verifiedRun = join(folder, 'verified')
await train(verifiedRun, set, verified, { threads: 1 })

t.test('a verification that fails costs nothing: it comes first when the run goes on', async t => {
  const folder = t.testdir()
  const [run, cut] = [join(folder, 'run'), join(folder, 'pairs.bin')]
  const failing = { ...verified, verify: [{ name: 'pairs', file: cut }] }
  // The last image is cut short: only the verification itself finds out.
  await drawnBin(cut, { cut: true })
  await t.rejects(train(run, set, failing, { threads: 1 }), { message: /pairs\.bin: record 19/ })
  t.strictSame(checkpointSteps(run), [2], 'what was trained is there')
  t.strictSame(await train(run, set, verified, { threads: 1, resume: true }), { step: 6, end: 'done' })
  t.strictSame(resultsOf(run), resultsOf(verifiedRun))
})

t.test('interrupted before or in a verification, a run leaves it to the run that goes on', async t => {
  // After the last step, too: what is verified there belongs to the run.
  for (const after of [2, 6]) {
    const run = join(t.testdir(), 'run')
    const abort = new AbortController()
    const verifiedSteps: number[] = []
    const options: TrainOptions = {
      threads: 1,
      signal: abort.signal,
      onStep: ({ step }) => step === after && abort.abort(),
      onVerification: ({ step }) => verifiedSteps.push(step),
    }
    t.strictSame(await train(run, set, verified, options), { step: after, end: 'interrupted' })
    t.notOk(verifiedSteps.includes(after))
    t.match(JSON.parse(readFileSync(runPaths(run).checkpoint(after).state, 'utf8')), { unverified: true })
    t.strictSame(await train(run, set, verified, { threads: 1, resume: true }), { step: 6, end: 'done' })
    t.strictSame(resultsOf(run), resultsOf(verifiedRun), `after ${after}`)
  }
})

t.test('a run that patience ended is ended; more patience lets it go on', async t => {
  const run = join(t.testdir(), 'run')
  // Weights that hardly move verify alike: the first is never bettered.
  const still = drawnConfig(set, {
    lr: [1e-9],
    every: { steps: 1 },
    verify: [{ name: 'pairs', file: bin }],
    patience: 2,
  })
  t.strictSame(await train(run, set, still, { threads: 1 }), { step: 3, end: 'patience' })
  t.strictSame(await train(run, set, still, { threads: 1, resume: true }), { step: 3, end: 'patience' })
  const patient = { ...still, patience: 4 }
  t.strictSame(await train(run, set, patient, { threads: 1, resume: true }), { step: 5, end: 'patience' })
})

t.test(
  'going back leaves no model of a later step, and nothing is removed before all else is known to work',
  async t => {
    const run = join(t.testdir(), 'run')
    cpSync(uninterrupted, run, { recursive: true, preserveTimestamps: true })
    const unreadable = { ...config, verify: [{ name: 'lfw', file: join(run, 'none.bin') }] }
    writeFileSync(runPaths(run).config, JSON.stringify(unreadable))
    await t.rejects(train(run, set, unreadable, { threads: 1, resume: true, fromStep: 2 }), { code: 'ENOENT' })
    t.strictSame(checkpointSteps(run), [2, 4, 6])
    writeFileSync(runPaths(run).config, JSON.stringify(config))
    t.strictSame(await train(run, set, { ...config, stopAfter: 1 }, { threads: 1, resume: true, fromStep: 2 }), {
      step: 2,
      end: 'done',
    })
    t.strictSame(checkpointSteps(run), [2])
    t.not(hashOf(runPaths(run).model), hashOf(runPaths(uninterrupted).model))
    rmSync(runPaths(run).checkpoints, { recursive: true })
    await t.rejects(train(run, set, config, { resume: true }), {
      message: /expected checkpoints to resume from, found none/,
    })
  },
)
