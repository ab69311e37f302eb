import { UsageError } from '@tiny-face/safe-files'
import t from 'tap'
import { resolveConfig, type TrainingOptions } from '../src/resolve-config.js'
import { aConfig, SET } from './a-config.js'

const CHOICE = { engine: 'onednn', precision: 'bf16', remark: 'of the machine, not of the run' } as const

t.test('defaults decide what nobody asked for', async t => {
  t.strictSame(resolveConfig({ network: 'ir18', steps: 40 }, SET, CHOICE), {
    network: 'ir18',
    embeddingSize: 512,
    head: { kind: 'arcface', margin: 0.5, scale: 64, easy: false },
    sampleRate: 1,
    batchSize: 64,
    accumulate: 1,
    epochs: 3,
    steps: 40,
    schedule: 'cosine',
    learningRates: [0.1],
    boundaries: [],
    warmup: 0,
    optimiser: { kind: 'sgd', momentum: 0.9 },
    weightDecay: 5e-4,
    decayAll: false,
    augment: { mirror: { probability: 0.5 } },
    trunkRate: 1,
    freeze: [],
    freezeStatistics: false,
    seed: 1,
    engine: 'onednn',
    precision: 'bf16',
    images: 1000,
    classes: 10,
    source: 'shards',
    verify: [],
    every: { epochs: 1 },
    keep: 3,
    skipNonfinite: 0,
    skipDamaged: false,
  })
})

t.test('options come before a preset, a preset before the defaults', async t => {
  const config = aConfig({ network: undefined, epochs: undefined, preset: 'small-set', margin: 0.2, batchSize: 20 })
  t.match(config, { network: 'mobilefacenet', epochs: 20, steps: 1000, warmup: 100, batchSize: 20 })
  t.strictSame(config.head, { kind: 'arcface', margin: 0.2, scale: 32, easy: false })
})

t.test("another network than the preset's has its own embeddings, and as many steps", async t => {
  const config = aConfig({ preset: 'mobilefacenet-ms1m', network: 'ir50', epochs: undefined })
  t.match(config, { network: 'ir50', embeddingSize: 512, steps: 60_000 })
})

t.test('lengths in epochs are steps of the set at hand', async t => {
  const config = aConfig({ preset: 'adaface-ir18-webface4m', epochs: undefined, warmup: { epochs: 2 } })
  t.match(config, { epochs: 26, steps: 26 * 3, boundaries: [12 * 3, 20 * 3, 24 * 3], warmup: 2 * 3 })
})

t.test('another optimiser brings its own rate and decay, another head its own margin', async t => {
  const config = aConfig({ optimiser: 'adamw', head: 'cosface' })
  t.match(config, { learningRates: [0.001], weightDecay: 0.1, head: { kind: 'cosface', margin: 0.35, scale: 64 } })
  t.strictSame(config.optimiser, { kind: 'adamw', beta1: 0.9, beta2: 0.999, epsilon: 1e-8 })
  t.match(aConfig({ optimiser: 'adamw', lr: [0.01], weightDecay: 0 }), { learningRates: [0.01], weightDecay: 0 })
  t.strictSame(aConfig({ momentum: 0.5 }).optimiser, { kind: 'sgd', momentum: 0.5 })
  t.strictSame(aConfig({ head: 'combined', margins: [1, 0.5, 0], scale: 30 }).head, {
    kind: 'combined',
    margins: [1, 0.5, 0],
    scale: 30,
  })
})

t.test('new rates have boundaries of their own', async t => {
  const preset = { preset: 'tiny-face-recognition', network: undefined, epochs: undefined } as const
  t.strictSame(aConfig({ ...preset, lr: [0.1], schedule: 'cosine' }).boundaries, [])
  t.throws(() => aConfig({ ...preset, lr: [4, 3, 2, 1] }), /one more rate in --lr than steps in --lr-steps/)
  t.strictSame(aConfig({ ...preset, lr: [0.1, 0.01], lrSteps: [{ epochs: 1 }] }).boundaries, [15])
})

t.test("a run's own configuration gives the run again", async t => {
  for (const config of [
    aConfig({ seed: 7, clip: 5, verify: [{ name: 'lfw', file: 'lfw.bin' }], patience: 2, trunkLr: 0.1, stopAfter: 1 }),
    aConfig({
      preset: 'adaface-ir18-webface4m',
      epochs: undefined,
      optimiser: 'adamw',
      lr: [1, 0.1],
      lrSteps: [{ steps: 9 }],
    }),
    aConfig({ epochs: undefined, steps: 20, freeze: ['stage1/*'], init: 'runs/a', every: { steps: 5 } }),
  ]) {
    const { engine, precision } = config
    t.strictSame(resolveConfig({ config }, SET, { engine, precision }), config)
  }
})

t.test('on another set it keeps its epochs, or its steps', async t => {
  const small = { ...SET, count: 200 }
  const choice = { engine: 'onnx', precision: 'f32' } as const
  t.match(resolveConfig({ config: aConfig() }, small, choice), { epochs: 2, steps: 6, images: 200 })
  const inSteps = aConfig({ epochs: undefined, steps: 20 })
  t.match(resolveConfig({ config: inSteps }, small, choice), { epochs: 7, steps: 20 })
  t.match(resolveConfig({ config: aConfig(), seed: 3, epochs: 4 }, small, choice), { seed: 3, epochs: 4, steps: 12 })
  const piecewise = aConfig({
    epochs: 4,
    schedule: 'piecewise',
    lr: [1, 0.1],
    lrSteps: [{ epochs: 3 }],
    warmup: { epochs: 1 },
  })
  t.match(resolveConfig({ config: piecewise }, small, choice), { steps: 12, boundaries: [9], warmup: 3 })
})

t.test('the best is of the first set, or of the one that is named', async t => {
  const verify = ['lfw', 'cfp'].map(name => ({ name, file: `${name}.bin` }))
  t.equal(aConfig({ verify }).best, 'lfw')
  t.equal(aConfig({ verify, best: 'cfp' }).best, 'cfp')
  const config = aConfig({ verify, best: 'cfp' })
  t.equal(aConfig({ config, verify: verify.slice(0, 1) }).best, 'lfw')
  t.notOk('best' in aConfig())
})

t.test('what does not fit names the option that mends it', async t => {
  const wrong: [TrainingOptions, string][] = [
    [{ network: undefined }, 'needs --network or --preset (see --help)'],
    [{ epochs: undefined }, 'needs --epochs or --steps (see --help)'],
    [{ steps: 3 }, 'takes --epochs or --steps, not both'],
    [{ batchSize: 2000 }, 'a batch of 2000 is more than the 1000 images of shards: take --batch-size 1000'],
    [{ accumulate: 3 }, '--accumulate 3 does not divide --batch-size 64 into equal parts'],
    [{ accumulate: 64 }, '--accumulate 64 leaves parts of one image, in which batch norm measures nothing'],
    [{ lr: [1, 2] }, '--schedule cosine takes one rate in --lr'],
    [{ lrSteps: [{ steps: 4 }] }, '--schedule cosine takes no --lr-steps; piecewise does'],
    [
      { schedule: 'piecewise', lr: [1, 2, 3], lrSteps: [{ steps: 4 }, { steps: 4 }] },
      '--lr-steps 4,4 do not rise from one to the next',
    ],
    [{ optimiser: 'adamw', momentum: 0.9 }, '--optimiser adamw takes no --momentum; sgd does'],
    [{ head: 'combined', margin: 0.5 }, '--head combined takes --margins, --scale and no --margin'],
    [{ margins: [1, 0, 0] }, '--head arcface takes --margin, --scale, --easy-margin and no --margins'],
    [{ head: 'adaface', easyMargin: true }, '--head adaface takes --margin, --scale and no --easy-margin'],
    [{ patience: 3 }, '--patience needs a --verify to wait for'],
    [{ best: 'lfw' }, '--best lfw is none of the sets of --verify'],
    [
      {
        verify: [
          { name: 'lfw', file: 'a.bin' },
          { name: 'lfw', file: 'b.bin' },
        ],
      },
      '--verify lfw is given twice: each set has a name of its own',
    ],
  ]
  for (const [options, message] of wrong) t.throws(() => aConfig(options), new UsageError(message), message)
})
