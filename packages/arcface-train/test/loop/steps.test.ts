import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { readCheckpoint, runPaths } from '@tiny-face/arcface-model'
import t, { type Test } from 'tap'
import { type TrainingConfig, type TrainingOptions, train } from '../../src/index.js'
import { drawnConfig, drawnSet } from './drawn-set.js'

const set = await drawnSet()

/** The state after two steps. */
async function trained(run: string, options: TrainingOptions, more: Partial<TrainingConfig> = {}) {
  const config = { ...drawnConfig(set, { epochs: 1, ...options }), ...more }
  await train(run, set, config, { threads: 1 })
  return readCheckpoint(run, 2).tensors
}

type Tensors = Awaited<ReturnType<typeof trained>>

/** The largest difference, by the largest number of the tensor. */
function off(found: Tensors, expected: Tensors, name: string): number {
  const [a, b] = [found.get(name)!.values, expected.get(name)!.values]
  const scale = b.reduce((largest, value) => Math.max(largest, Math.abs(value)), 1e-3)
  return b.reduce((most, value, i) => Math.max(most, Math.abs(value - a[i]!)), 0) / scale
}

function sameTensors(t: Test, found: Tensors, expected: Tensors, limit: number) {
  t.strictSame([...found.keys()].sort(), [...expected.keys()].sort())
  for (const name of expected.keys()) t.ok(off(found, expected, name) < limit, `${name}: ${off(found, expected, name)}`)
}

t.test('a Partial FC step in which all centres take part equals the dense step', async t => {
  const dense = await trained(join(t.testdir(), 'a'), {})
  // So near to 1 that it is rounded up to all four, and yet the centres are kept outside of the step.
  const partial = await trained(join(t.testdir(), 'b'), { sampleRate: 0.999 })
  sameTensors(t, partial, dense, 1e-6)
})

t.test('in parts, a step equals the whole one where batch norm does not measure the batch', async t => {
  for (const sampleRate of [1, 0.5]) {
    const options = { freezeStatistics: true, augment: {}, lr: [0.01], sampleRate }
    const whole = await trained(join(t.testdir(), `a${sampleRate}`), options)
    const parts = await trained(join(t.testdir(), `b${sampleRate}`), { ...options, accumulate: 4 })
    sameTensors(t, parts, whole, 1e-4)
  }
})

t.test('AdamW trains, with Partial FC, and keeps its state with the checkpoint', async t => {
  const tensors = await trained(join(t.testdir(), 'a'), { optimiser: 'adamw', sampleRate: 0.5 })
  t.ok(tensors.has('mean/head/centres') && tensors.has('square/stem/filter') === tensors.has('stem/filter'))
  t.ok(Math.abs(tensors.get('adam/beta1')!.values[0]! - 0.81) < 1e-6, 'two steps')
})

t.test('decay leaves batch norm and PReLU alone unless asked; the trunk has a rate of its own', async t => {
  const first = await trained(join(t.testdir(), 'a'), { lr: [1e-9], weightDecay: 0 })
  const decayed = await trained(join(t.testdir(), 'b'), { lr: [1e-9], weightDecay: 1e7 })
  const all = await trained(join(t.testdir(), 'c'), { lr: [1e-9], weightDecay: 1e7, decayAll: true })
  const trunk = await trained(join(t.testdir(), 'd'), { lr: [1e-9], weightDecay: 1e7, trunkLr: 0.5 })
  const norms = [...first.keys()].filter(name => !name.includes('velocity') && /\/(scale|slope)$/.test(name))
  t.ok(norms.length > 10)
  for (const name of norms) {
    t.ok(off(decayed, first, name) < 1e-3, `${name} is left alone`)
    t.ok(off(all, first, name) > 1e-3, `${name} is decayed if asked`)
  }
  const filter = [...first.keys()].find(name => name.endsWith('/filter') && !name.includes('velocity'))!
  const [whole, half] = [off(decayed, first, filter), off(trunk, first, filter)]
  t.ok(whole > 0.01 && Math.abs(half / whole - 0.5) < 0.05, `${filter}: ${half} is half of ${whole}`)
  t.ok(off(trunk, decayed, 'head/centres') < 1e-6, 'the head has the whole rate')
})

t.test('fine-tuning: weights of another run, a new head, what is frozen stays', async t => {
  const folder = t.testdir()
  const before = join(folder, 'before')
  const base = await trained(before, {})
  const run = join(folder, 'run')
  const tuned = await trained(run, { init: before, freeze: ['stem*'], freezeStatistics: true, seed: 2 })
  const stem = [...base.keys()].filter(name => name.startsWith('stem'))
  t.ok(stem.length > 2)
  for (const name of stem) t.strictSame(tuned.get(name), base.get(name), name)
  for (const name of [...base.keys()].filter(name => /\/(mean|variance)$/.test(name)))
    t.strictSame(tuned.get(name), base.get(name), name)
  const moved = [...base.keys()].find(name => name.endsWith('/filter') && !/stem|velocity/.test(name))!
  t.ok(off(tuned, base, moved) > 0 && off(tuned, base, moved) < 0.5, `${moved} moved a little`)
  t.ok(off(tuned, base, 'head/centres') > 0.5, 'the head begins anew')
  const file = runPaths(before).checkpoint(2).weights
  const fromFile = await trained(join(folder, 'file'), {
    init: file,
    freeze: ['stem*'],
    freezeStatistics: true,
    seed: 2,
  })
  t.strictSame([...fromFile], [...tuned], 'a .safetensors file does as well')
  await t.rejects(trained(join(folder, 'x'), { init: before, embeddingSize: 64 }), {
    message: /before: expected a run of mobilefacenet with embeddings of 64, found mobilefacenet with 128$/,
  })
  await t.rejects(trained(join(folder, 'x'), { init: file, embeddingSize: 64 }), {
    message: /safetensors: expected \S+ of mobilefacenet with embeddings of 64: \[\S+\], found \d+ values/,
  })
  await t.rejects(trained(join(folder, 'x'), { freeze: ['*'] }), { message: /--freeze \* fits the head, which is new/ })
  await t.rejects(trained(join(folder, 'x'), { freeze: ['stage9/*'] }), {
    message: /--freeze stage9\/\* fits no parameter; they are .*head\/centres/,
  })
  t.notOk(readFileSync(runPaths(run).config, 'utf8').includes('undefined'))
})
