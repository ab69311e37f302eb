import { existsSync } from 'node:fs'
import { describeEngine, NETWORKS, type NetworkName, runPaths } from '@tiny-face/arcface-model'
import {
  DataError,
  InvalidArgumentError,
  parseNumber,
  parseWhole,
  progressBar,
  runCommand,
  say,
  UsageError,
} from '@tiny-face/record-stream'
import { ENGINE_CHOICES, type EngineWish, PRECISIONS, resolveEngine } from '@tiny-face/tfjs-compiler'
import type { TrainingConfig } from '../config.js'
import { PRESETS, type PresetName } from '../presets.js'
import { train } from '../train.js'
import { openTrainingSet } from '../training-set.js'

interface Options {
  out: string
  preset?: PresetName
  network?: NetworkName
  embeddingSize?: number
  batchSize?: number
  epochs?: number
  steps?: number
  stopAfter?: number
  schedule?: TrainingConfig['schedule']
  lr?: number[]
  lrSteps?: number[]
  warmup: number
  momentum?: number
  weightDecay?: number
  margin?: number
  scale?: number
  easyMargin?: boolean
  seed: number
  engine: NonNullable<EngineWish['engine']>
  precision?: EngineWish['precision']
  threads?: number
  unframed?: boolean
  force?: boolean
}

const DEFAULTS = {
  batchSize: 64,
  schedule: 'cosine',
  learningRates: [0.1],
  boundaries: [],
  momentum: 0.9,
  weightDecay: 5e-4,
  margin: 0.5,
  scale: 64,
} as const

await runCommand<Options>({
  name: 'arcface-train',
  summary:
    'Trains a face-recognition network with the ArcFace loss on TFRecord shards, or on the record stream on standard input (-).',
  example:
    'arcface-train shards --network mobilefacenet --out runs/mobile --epochs 20 --schedule cosine --lr 0.1 --warmup 100',
  configure: program =>
    program
      .argument('<shards...>', 'a folder of shards, shards, or - for a record stream')
      .requiredOption('--out <run>', "the run's folder")
      .option('--preset <name>', `a published recipe: ${Object.keys(PRESETS).join(', ')}`, oneOf(Object.keys(PRESETS)))
      .option('--network <name>', `the network: ${Object.keys(NETWORKS).join(', ')}`, oneOf(Object.keys(NETWORKS)))
      .option(
        '--embedding-size <n>',
        "numbers in an embedding; the network's own by default",
        parseWhole('--embedding-size', 1),
      )
      .option('--batch-size <n>', 'images a step (default: 64)', parseWhole('--batch-size', 2))
      .option('--epochs <n>', 'length of the schedule in passes over the data', parseWhole('--epochs', 1))
      .option('--steps <n>', 'or its length in steps', parseWhole('--steps', 1))
      .option('--stop-after <n>', 'stop after this many epochs of the schedule', parseWhole('--stop-after', 1))
      .option(
        '--schedule <kind>',
        'learning rate over the steps: piecewise, linear, cosine (default: cosine)',
        oneOf(['piecewise', 'linear', 'cosine']),
      )
      .option(
        '--lr <rates>',
        'the learning rate; for piecewise several, as 0.1,0.01,0.001 (default: 0.1)',
        numbers('--lr'),
      )
      .option('--lr-steps <steps>', 'for piecewise: the steps at which the next rate begins', numbers('--lr-steps'))
      .option('--warmup <steps>', 'steps over which the rate rises from 0', parseWhole('--warmup'), 0)
      .option('--momentum <m>', 'of stochastic gradient descent (default: 0.9)', parseNumber('--momentum', 0, 1))
      .option('--weight-decay <d>', 'on every parameter (default: 0.0005)', parseNumber('--weight-decay', 0))
      .option('--margin <m>', 'angular margin in radians (default: 0.5)', parseNumber('--margin', 0, Math.PI))
      .option('--scale <s>', 'of the cosines (default: 64)', parseNumber('--scale', 0))
      .option('--easy-margin', 'no margin beyond 90° instead of the hard fallback')
      .option(
        '--seed <n>',
        'decides the first weights, the order of records, what is mirrored and what is dropped out',
        parseWhole('--seed'),
        1,
      )
      .option(
        '--engine <name>',
        `what computes: ${ENGINE_CHOICES.join(', ')}; auto takes the fastest that is installed`,
        oneOf(ENGINE_CHOICES),
        'auto',
      )
      .option(
        '--precision <type>',
        `of what the network computes: ${PRECISIONS.join(', ')}; bf16 where the engine has it and it is faster`,
        oneOf(PRECISIONS),
      )
      .option('--threads <n>', "threads of the network's operators; all cores by default", parseWhole('--threads', 1))
      .option('--unframed', 'take a bare sequence of data maps on standard input')
      .option('--force', 'train into a folder that holds a run'),
  async run(paths, options) {
    const { out, preset, force = false } = options
    if (existsSync(runPaths(out).model) && !force)
      throw new DataError({ file: out, message: 'holds a run already; --force replaces it' })
    const recipe = { ...DEFAULTS, ...(preset === undefined ? {} : PRESETS[preset]) }
    const network = options.network ?? ('network' in recipe ? recipe.network : undefined)
    if (network === undefined) throw new UsageError('needs --network or --preset (see --help)')
    if (options.epochs !== undefined && options.steps !== undefined)
      throw new UsageError('takes --epochs or --steps, not both')
    const lengthInEpochs = options.epochs !== undefined
    const length = options.epochs ?? options.steps ?? (preset === undefined ? undefined : PRESETS[preset].steps)
    if (length === undefined) throw new UsageError('needs --epochs or --steps (see --help)')
    const schedule = options.schedule ?? recipe.schedule
    const learningRates = options.lr ?? recipe.learningRates
    const boundaries = options.lrSteps ?? (options.lr === undefined ? recipe.boundaries : [])
    if (schedule === 'piecewise' ? boundaries.length !== learningRates.length - 1 : learningRates.length !== 1) {
      throw new UsageError(
        `--schedule ${schedule} takes ${schedule === 'piecewise' ? 'one more rate in --lr than steps in --lr-steps' : 'one rate in --lr'}`,
      )
    }
    const choice = resolveEngine({ engine: options.engine, precision: options.precision })
    const set = openTrainingSet(paths, options)
    const batchSize = options.batchSize ?? recipe.batchSize
    const perEpoch = Math.floor(set.count / batchSize)
    if (perEpoch === 0)
      throw new UsageError(`--batch-size ${batchSize} is more than the ${set.count} images of ${set.source}`)
    const steps = length * (lengthInEpochs ? perEpoch : 1)
    const config: TrainingConfig = {
      network,
      embeddingSize: options.embeddingSize ?? NETWORKS[network].embeddingSize,
      batchSize,
      epochs: options.epochs ?? Math.ceil(steps / perEpoch),
      steps,
      ...(options.stopAfter === undefined ? {} : { stopAfter: options.stopAfter }),
      schedule,
      learningRates,
      boundaries,
      warmup: options.warmup,
      momentum: options.momentum ?? recipe.momentum,
      weightDecay: options.weightDecay ?? recipe.weightDecay,
      margin: options.margin ?? recipe.margin,
      scale: options.scale ?? recipe.scale,
      easyMargin: options.easyMargin ?? false,
      seed: options.seed,
      engine: choice.engine,
      precision: choice.precision,
      images: set.count,
      classes: set.classes,
      source: set.source,
    }
    if (options.engine === 'auto') say(describeEngine(choice))
    const total = Math.min(steps, (options.stopAfter ?? Number.POSITIVE_INFINITY) * perEpoch)
    const bar = progressBar({ unit: 'images', total: total * batchSize })
    await train(out, set, config, {
      ...(options.threads === undefined ? {} : { threads: options.threads }),
      onStep({ loss, accuracy, learningRate }) {
        bar.note(`loss ${loss.toFixed(3)}  accuracy ${accuracy.toFixed(3)}  lr ${learningRate.toPrecision(3)}`)
        bar.advance(batchSize)
      },
    })
    bar.done()
    set.close()
  },
})

function oneOf<T extends string>(names: readonly T[]): (text: string) => T {
  return text => {
    if (!names.includes(text as T)) throw new InvalidArgumentError(`It is one of ${names.join(', ')}.`)
    return text as T
  }
}

function numbers(what: string): (text: string) => number[] {
  const parse = parseNumber(what, 0)
  return text => text.split(',').map(parse)
}
