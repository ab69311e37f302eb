import { existsSync } from 'node:fs'
import {
  checkpointSteps,
  describeEngine,
  FORMER_NETWORK_NAMES,
  NETWORKS,
  runPaths,
  typedName,
} from '@tiny-face/arcface-model'
import { progressBar, say } from '@tiny-face/command-shell'
import { DataError, UsageError, writeAll, writeWholeFile } from '@tiny-face/safe-files'
import { type EngineWish, resolveEngine } from '@tiny-face/tfjs-compiler'
import { augmentedGrid } from '../augment/augmented-grid.js'
import { checkedSet } from '../check-images.js'
import type { TrainingConfig } from '../config.js'
import { dryRun } from '../dry-run/dry-run.js'
import { dryRunText } from '../dry-run/dry-run-text.js'
import { firstWeights } from '../loop/first-weights.js'
import { FORMER_PRESET_NAMES } from '../presets/index.js'
import { readConfig } from '../read-config.js'
import { resolveConfig, type TrainingOptions } from '../resolve-config.js'
import { train } from '../train.js'
import { openTrainingSet } from '../training-set.js'
import { INTERRUPTED, stopSignal } from './stop-signal.js'
import { trainingBar } from './training-bar.js'

/** As they are typed. */
export interface Options extends Omit<TrainingOptions, 'config'> {
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

/** What `arcface-train` does once its options are known. */
export async function runTraining(shards: readonly string[], given: Options): Promise<void> {
  const options = withPresentNames(given)
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
    return writeWholeFile(options.showAugmented, await augmentedGrid(set, { ...config, size }))
  if (options.check) {
    // To look at all images may take minutes: whether the run can begin with these weights is found out before.
    if (config.init !== undefined && !resume) firstWeights(config.init, config)
    const bar = progressBar({ unit: 'images checked', total: set.count })
    set = await checkedSet(set, { size, skipDamaged: config.skipDamaged, onProgress: images => bar.advance(images) })
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
  if (end === 'patience') say(`no better ${config.best} in ${config.patience} verifications: ended after step ${step}`)
  if (end === 'interrupted') {
    say(`stopped after step ${step}: --resume goes on from there`)
    process.exitCode = INTERRUPTED
  }
}

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

/** Names of earlier versions still work; those that they have now are said. */
function withPresentNames(options: Options): Options {
  const { network, preset } = options
  const names = { network: typedName(network, FORMER_NETWORK_NAMES), preset: typedName(preset, FORMER_PRESET_NAMES) }
  return { ...options, ...names } as Options
}
