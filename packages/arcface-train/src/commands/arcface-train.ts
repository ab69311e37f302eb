import { existsSync } from 'node:fs'
import { checkpointSteps, describeEngine, NETWORKS, runPaths, writeText } from '@tiny-face/arcface-model'
import { parseNumber, parseWhole, progressBar, runCommand, say } from '@tiny-face/command-shell'
import { DataError, UsageError, writeAll } from '@tiny-face/safe-files'
import { ENGINE_CHOICES, type EngineWish, PRECISIONS, resolveEngine } from '@tiny-face/tfjs-compiler'
import { parseAugment } from '../augment/augment-config.js'
import { augmentedGrid } from '../augment/augmented-grid.js'
import type { TrainingConfig } from '../config.js'
import { HEADS, OPTIMISERS, SCHEDULES } from '../default-settings.js'
import { dryRun } from '../dry-run/dry-run.js'
import { dryRunText } from '../dry-run/dry-run-text.js'
import { PRESETS } from '../presets/index.js'
import { readConfig } from '../read-config.js'
import { resolveConfig, type TrainingOptions } from '../resolve-config.js'
import { soundSet } from '../sound-set.js'
import { train } from '../train.js'
import { openTrainingSet } from '../training-set.js'
import { collect, factor, keyOf, numbers, oneOf, span, spans, threeNumbers, verificationSets } from './parse-options.js'
import { INTERRUPTED, stopSignal } from './stop-signal.js'
import { trainingBar } from './training-bar.js'

interface Options extends Omit<TrainingOptions, 'config'> {
  out?: string
  config?: string
  engine?: EngineWish['engine']
  precision?: EngineWish['precision']
  threads?: number
  unframed?: boolean
  check?: boolean
  resume?: boolean
  fromStep?: number
  force?: boolean
  dryRun?: boolean
  showAugmented?: string
}

await runCommand<Options>({
  name: 'arcface-train',
  summary: 'Trains a face-recognition network on TFRecord shards, or on the record stream on standard input (-).',
  example:
    'arcface-train shards --preset small-set --out runs/people --verify held-out=held-out.bin\n' +
    'arcface-train shards --network mobilefacenet --out runs/mobile --epochs 20 --lr 0.1 --warmup 100',
  configure: program =>
    program
      .argument('<shards...>', 'a folder of shards, shards, or - for a record stream')
      .optionsGroup('What to train, and how long:')
      .option('--out <run>', "the run's folder")
      .option(
        '--preset <name>',
        `a recipe, whose settings come in the place of the defaults below: ${Object.keys(PRESETS).join(', ')}`,
        keyOf(PRESETS),
      )
      .option(
        '--network <name>',
        `the network, needed without --preset: ${Object.keys(NETWORKS).join(', ')}`,
        keyOf(NETWORKS),
      )
      .option(
        '--embedding-size <n>',
        'numbers in an embedding (default: 128 for mobilefacenet, else 512)',
        parseWhole('--embedding-size', 1),
      )
      .option(
        '--epochs <n>',
        'length of the schedule in passes over the data, needed without --preset',
        parseWhole('--epochs', 1),
      )
      .option('--steps <n>', 'or its length in steps', parseWhole('--steps', 1))
      .option('--stop-after <n>', 'stop after this many epochs of the schedule', parseWhole('--stop-after', 1))
      .option('--resume', 'go on where the run in --out ended or was killed; begin where there is none yet')
      .option(
        '--from-step <n>',
        'with --resume: go back to the checkpoint of this step; later ones are deleted',
        parseWhole('--from-step', 1),
      )
      .option('--force', 'delete the run that --out holds, its checkpoints and model too, and train anew')
      .option('--config <file>', 'take the settings of another run: its config.json; options here override them')
      .option('--dry-run', 'show layers, memory and the time of a step, which is measured; train nothing')

      .optionsGroup('Steps:')
      .option('--batch-size <n>', 'images a step (default: 64)', parseWhole('--batch-size', 2))
      .option(
        '--accumulate <k>',
        'compute a step in k equal parts, where it does not fit into memory at once',
        parseWhole('--accumulate', 1),
      )
      .option(
        '--schedule <kind>',
        `learning rate over the steps: ${SCHEDULES.join(', ')} (default: cosine)`,
        oneOf(SCHEDULES),
      )
      .option(
        '--lr <rates>',
        'the learning rate (default: 0.1; with adamw 0.001); for piecewise several, as 0.1,0.01,0.001',
        numbers('--lr'),
      )
      .option(
        '--lr-steps <when>',
        'for piecewise: where the next rate begins, as 9000,12000 or 12epochs,20epochs',
        spans('--lr-steps'),
      )
      .option(
        '--warmup <length>',
        'the rate rises from 0 over so many steps, or 2epochs (default: 0)',
        span('--warmup', 0),
      )
      .option('--optimiser <kind>', `${Object.keys(OPTIMISERS).join(', ')} (default: sgd)`, keyOf(OPTIMISERS))
      .option('--momentum <m>', 'of sgd (default: 0.9)', parseNumber('--momentum', 0, 1))
      .option('--weight-decay <d>', '(default: 0.0005; with adamw 0.1)', parseNumber('--weight-decay', 0))
      .option('--decay-all', 'weight decay on batch norm, PReLU and biases as well')
      .option(
        '--clip <norm>',
        'scale all gradients down to this norm where together they are longer, as 5 (default: off)',
        parseNumber('--clip', 0),
      )
      .option(
        '--seed <n>',
        'decides the first weights, the order of records, what is augmented and dropped out (default: 1)',
        parseWhole('--seed'),
      )

      .optionsGroup('Loss:')
      .option('--head <kind>', `${Object.keys(HEADS).join(', ')} (default: arcface)`, keyOf(HEADS))
      .option(
        '--margin <m>',
        'arcface and subcentre in radians (default: 0.5), cosface (0.35), adaface (0.4)',
        parseNumber('--margin', 0, Math.PI),
      )
      .option(
        '--margins <m1,m2,m3>',
        'of combined: cos(m1 θ + m2) - m3 (default: 1,0.3,0.2)',
        threeNumbers('--margins'),
      )
      .option(
        '--scale <s>',
        'what cosines are multiplied by before the softmax; smaller for few people, as 32 (default: 64)',
        parseNumber('--scale', 0),
      )
      .option('--easy-margin', "arcface: a margin only within 90° of the person's own centre (default: at every angle)")
      .option(
        '--sample-rate <share>',
        'Partial FC: the share of all people that a step compares with (default: 1)',
        parseNumber('--sample-rate', 0, 1),
      )

      .optionsGroup('Images:')
      .option(
        '--augment <list>',
        'how images are varied, beside the mirror, which is the default: adaface, or crop, rotate, translate, low-resolution, colour, grey, blur, jpeg, ' +
          'erase with commas between; none for not even the mirror',
        parseAugment,
      )
      .option('--show-augmented <file.png>', 'draw what the network would see; train nothing')
      .option('--skip-damaged', "leave out images that do not decode or are not of the network's size, and list them")
      .option('--no-check', 'do not look for such images before the first step')
      .option('--unframed', 'take a bare sequence of data maps on standard input')

      .optionsGroup('Verification and checkpoints:')
      .option(
        '--verify <name=file>',
        'measure the accuracy on a .bin of pairs, as lfw=lfw.bin; may be given several times',
        verificationSets,
      )
      .option(
        '--every <length>',
        'verify and write a checkpoint this often: 500 steps, or 2epochs (default: 1epoch)',
        span('--every'),
      )
      .option('--best <name>', 'the set that decides which checkpoint is the best (default: the first)')
      .option('--patience <n>', 'stop after this many verifications without a better one', parseWhole('--patience', 1))
      .option('--keep <n>', 'last checkpoints to keep, besides the best (default: 3)', parseWhole('--keep', 1))
      .option(
        '--skip-nonfinite <n>',
        'skip up to n batches in the whole run whose loss or gradient is no number (default: 0, stop)',
        parseWhole('--skip-nonfinite'),
      )

      .optionsGroup('Fine-tuning:')
      .option(
        '--init <run|file>',
        'begin with the weights of a run of the same network (its best checkpoint), or of a .safetensors file with the names of a ' +
          "checkpoint; the head's are new",
      )
      .option(
        '--trunk-lr <factor>',
        'learning rate of all but the head, as a factor of --lr: 0.1x (default: 1x)',
        factor('--trunk-lr'),
      )
      .option(
        '--freeze <pattern>',
        "parameters to leave as they are, by names as in --dry-run: 'stage1/*'; may be given several times",
        collect,
      )
      .option('--freeze-statistics', 'leave running statistics as they are, and use them: for batches of few people')

      .optionsGroup('Machine:')
      .option(
        '--engine <name>',
        `what computes: ${ENGINE_CHOICES.join(', ')}; auto, the default, takes onednn where it is installed, else onnx; a GPU is used by tensorflow alone`,
        oneOf(ENGINE_CHOICES),
      )
      .option(
        '--precision <type>',
        `of what the network computes: ${PRECISIONS.join(', ')}; bf16 where the engine has it and it is faster`,
        oneOf(PRECISIONS),
      )
      .option('--threads <n>', "threads of the network's operators; all cores by default", parseWhole('--threads', 1)),
  async run(shards, options) {
    const { out, engine, threads, resume = false, fromStep } = options
    checkRun(options)
    const before = configBefore(options)
    if ((options.skipDamaged ?? before?.skipDamaged) && !options.check)
      throw new UsageError(
        "--skip-damaged, here or in the run's config.json, looks for damaged images: it goes without --no-check",
      )
    const choice = resolveEngine(engineWish(options, before))
    if (resume && before === undefined) say(`${out} holds no run yet: it begins`)
    if (engine === 'auto' || before === undefined) say(describeEngine(choice))
    let set = openTrainingSet(shards, options)
    let config = resolveConfig({ ...options, config: before }, set, choice)
    const { size } = NETWORKS[config.network]
    if (options.dryRun) return writeAll(1, Buffer.from(dryRunText(config, await dryRun(config, { threads }))))
    if (options.showAugmented !== undefined)
      return writeText(options.showAugmented, await augmentedGrid(set, { ...config, size }))
    if (options.check) {
      const bar = progressBar({ unit: 'images checked', total: set.count })
      set = await soundSet(set, { size, skipDamaged: config.skipDamaged, onProgress: images => bar.advance(images) })
      bar.done()
      config = resolveConfig({ ...options, config: before }, set, choice)
    }
    const { done, ...bar } = trainingBar(config, resume ? (fromStep ?? checkpointSteps(out!).at(-1) ?? 0) : 0)
    const signal = stopSignal()
    const { step, end } = await train(out!, set, config, {
      ...{ threads, resume, fromStep, signal },
      ...bar,
    })
    done()
    set.close()
    if (end === 'patience')
      say(`no better ${config.best} in ${config.patience} verifications: ended after step ${step}`)
    if (end === 'interrupted') {
      say(`stopped after step ${step}: --resume goes on from there`)
      process.exitCode = INTERRUPTED
    }
  },
})

/** Says which options contradict each other, and keeps a run that is there from being replaced. */
function checkRun({ out, dryRun, showAugmented, resume, fromStep, force, config }: Options): void {
  if (fromStep !== undefined && !resume) throw new UsageError('--from-step goes with --resume')
  if (resume && config !== undefined) throw new UsageError('takes --config or --resume, not both')
  if (resume && force) throw new UsageError('takes --resume or --force, not both')
  if (dryRun || showAugmented !== undefined) return
  if (out === undefined) throw new UsageError("needs --out, the run's folder (see --help)")
  if (existsSync(runPaths(out).config) && !resume && !force)
    throw new DataError({ file: out, message: 'holds a run already; --resume continues it, --force replaces it' })
}

/**
 * The configuration that options come before: of the run that goes on, to the end of its schedule, or of `--config`. One that was killed
 * before it had begun has none.
 */
function configBefore({ config, out, resume }: Options): TrainingConfig | undefined {
  if (resume && out !== undefined && existsSync(runPaths(out).config))
    return { ...readConfig(runPaths(out).config), stopAfter: undefined }
  return config === undefined ? undefined : readConfig(config)
}

/** The engine of another run, and its precision with it, unless a person asks for one. */
function engineWish({ engine, precision }: Options, before: TrainingConfig | undefined): EngineWish {
  if (engine !== undefined || before === undefined) return { engine, precision }
  return { engine: before.engine, precision: precision ?? before.precision }
}
